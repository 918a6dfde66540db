import { setTimeout as sleep } from 'node:timers/promises';
import { type Mutation, type MutationResult, mutationText } from '../support/mutation.ts';
import { type Answer, post } from '../support/service.ts';
import type { Random } from './random.ts';
import { learn, makeRequest, type PostNow, type World } from './requests.ts';

/**
 * How a request ended, as far as its sender knows: nothing more came of it than what its answer
 * says, or `unknown`.
 */
export type Ending =
  | { readonly kind: 'answered'; readonly result: MutationResult }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unknown' };

/** A request that was sent, once or (under a key) several times. */
export type Sent = {
  readonly mark: string;
  readonly mutation: Mutation;
  readonly key: string | null;
  readonly ending: Ending;
  /** What came of each sending, in their order. */
  readonly replies: readonly string[];
  /** ms from first sending it to its ending. */
  readonly took: number;
};

/** What a writer works with. */
export type WriterOptions = {
  readonly name: string;
  readonly random: Random;
  readonly world: World;
  /** The addresses of the services. */
  readonly urls: () => readonly string[];
  /** Sends no new request after this moment, in ms since 1970. */
  readonly until: number;
};

type Reply = Answer<{ result: MutationResult | null } | null>;

/** Sends one request after the other until the time is over; gives what became of each. */
export async function runWriter(options: WriterOptions): Promise<Sent[]> {
  const { name, random, world, until } = options;
  const sent: Sent[] = [];
  for (let turn = 0; Date.now() < until; turn += 1) {
    const mark = `${name}.${turn}.`;
    const mutation = await makeRequest({
      random,
      world,
      mark,
      readPost: (id) => readPost(options, id),
      readPosts: (id) => readPosts(options, id),
    }).catch(() => undefined);
    if (mutation === undefined) {
      // What it was to be made of could not be read.
      await sleep(20);
      continue;
    }
    const key = random.chance(0.6) ? `key ${mark}` : null;
    const started = Date.now();
    const replies: string[] = [];
    const ending = await send(options, mutation, key, replies);
    if (ending.kind === 'answered') learn(world, ending.result.changeset?.operations ?? []);
    sent.push({ mark, mutation, key, ending, replies, took: Date.now() - started });
  }
  return sent;
}

/**
 * Sends a request until it is answered: refused for a fault, it may be sent again; where it may
 * have been written, only under a key. At times two send the same at once.
 */
async function send(
  options: WriterOptions,
  mutation: Mutation,
  key: string | null,
  log: string[],
): Promise<Ending> {
  for (let attempt = 1; ; attempt += 1) {
    const twice = key !== null && options.random.chance(0.2);
    const replies = await Promise.all(
      Array.from({ length: twice ? 2 : 1 }, () => tryOnce(options, mutation, key)),
    );
    const endings = replies.map(readEnding);
    log.push(...endings.map(nameOf));
    const ending = bestOf(endings);
    const repeats = key !== null || ending.kind === 'refused';
    if (ending.kind === 'answered' || !repeats || attempt === ATTEMPTS) {
      return ending;
    }
    await sleep(100 * attempt);
  }
}

function bestOf(endings: readonly Ending[]): Ending {
  const find = (kind: Ending['kind']) => endings.find((ending) => ending.kind === kind);
  return find('answered') ?? find('unknown') ?? find('refused') ?? { kind: 'unknown' };
}

const ATTEMPTS = 12;

async function tryOnce(
  { random, urls }: WriterOptions,
  { name, args }: Mutation,
  key: string | null,
): Promise<Reply | undefined> {
  const url = random.pick(urls()) ?? '';
  const variables = { ...args, options: { idempotencyKey: key } };
  try {
    return await post<Reply['data']>(url, mutationText(name), variables);
  } catch {
    return undefined;
  }
}

function readEnding(reply: Reply | undefined): Ending {
  if (reply === undefined) return { kind: 'unknown' };
  // A mutation that ends in an error is null; others of a document would stand.
  if (reply.data?.result) return { kind: 'answered', result: reply.data.result };
  const code = String(reply.errors?.[0]?.extensions?.['code']);
  return code === 'OUTCOME_UNKNOWN' ? { kind: 'unknown' } : { kind: 'refused', code };
}

/** An ending in a word. */
export function nameOf(ending: Ending): string {
  switch (ending.kind) {
    case 'answered':
      return ending.result.__typename.replace(/^.*Success$/, 'written');
    case 'refused':
      return ending.code;
    case 'unknown':
      return 'outcome unknown';
    default:
      return ending satisfies never;
  }
}

async function readPost(options: WriterOptions, id: string): Promise<PostNow> {
  const { post: found } = await read<{ post: PostNow | null }>(
    options,
    'query ($id: ID!) { post(id: $id) { comments { id } tags { id name } } }',
    id,
  );
  return found ?? { comments: [], tags: [] };
}

async function readPosts(options: WriterOptions, id: string): Promise<readonly string[]> {
  const { author } = await read<{ author: { posts: { id: string }[] } | null }>(
    options,
    'query ($id: ID!) { author(id: $id) { posts { id } } }',
    id,
  );
  return (author?.posts ?? []).map((found) => found.id);
}

async function read<Data>(
  { random, urls }: WriterOptions,
  text: string,
  id: string,
): Promise<Data> {
  const { data, errors } = await post<Data>(random.pick(urls()) ?? '', text, {
    id,
  });
  if (errors) throw new AggregateError(errors, 'not read');
  return data;
}
