import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { mutationText } from '../support/mutation.ts';
import { post } from '../support/service.ts';
import { compileService, type ServiceProcess, spawnService } from '../support/process.ts';
import { type SoakDatabase, startSoakDatabase } from './database.ts';
import { disturb, type Disturbances } from './disturb.ts';
import { type PostNow, type Reader, startReader } from './live-readers.ts';
import { makeRandom, type Random } from './random.ts';

/** How long and how hard a soak of subscriptions is. */
export type LiveSoakOptions = {
  readonly seconds: number;
  readonly seed: number;
  readonly readers: number;
  readonly writers: number;
};

/** What it has found. */
export type LiveSoakReport = {
  /** How many writes were sent, and how many of them came to a result. */
  readonly writes: number;
  readonly answered: number;
  /** ms that the slowest answer took. */
  readonly slowest: number;
  readonly deliveries: number;
  readonly restarts: number;
  /** ms from the last write until every reader had the rows as they are. */
  readonly settled: number;
  readonly disturbances: Disturbances;
  /** Readers that do not have the rows as they are, and changes that were seen twice. */
  readonly differences: readonly string[];
};

const SERVICES = 2;
const POSTS = 20;

/**
 * Runs readers of posts on two services while others write, and both services and their database are
 * killed and restarted; then compares what each reader has with the rows.
 */
export async function runLiveSoak(options: LiveSoakOptions): Promise<LiveSoakReport> {
  await compileService();
  const database = await startSoakDatabase();
  const services = new Map<ServiceProcess, string>();
  const random = makeRandom(options.seed);
  const url = () => random.pick([...services.values()]) ?? '';
  const readers: Reader[] = [];
  try {
    await database.use((client) =>
      client.query(`
        INSERT INTO posts (title) SELECT 'post ' || i FROM generate_series(1, ${POSTS}) AS i;
        INSERT INTO comments (body, post_id) SELECT 'comment ' || i, 1 + i % ${POSTS} FROM generate_series(1, 60) AS i`),
    );
    for (let i = 0; i < SERVICES; i += 1) await startOne(database, services);
    for (let i = 0; i < options.readers; i += 1) {
      readers.push(startReader(String(1 + (i % POSTS)), url));
    }
    const until = Date.now() + options.seconds * 1_000;
    const disturbing = disturb({
      ...options,
      database,
      random,
      killEvery: 2_000,
      replaceService: async () => {
        const [victim] = services.keys();
        victim?.kill('SIGKILL');
        if (victim) services.delete(victim);
        await startOne(database, services);
      },
    });
    const writers = Array.from({ length: options.writers }, (_, i) =>
      runWriter(makeRandom(options.seed + i + 1), `w${i}`, url, until),
    );
    const [sent, disturbances] = await Promise.all([Promise.all(writers), disturbing]);
    const started = Date.now();
    let differences = await compareAll(database, readers);
    while (differences.length > 0 && Date.now() - started < PATIENCE) {
      await sleep(500);
      differences = await compareAll(database, readers);
    }
    const answers = sent.flat();
    const unanswered = answers.filter(({ took }) => took >= PATIENCE).length;
    return {
      writes: answers.length,
      answered: answers.filter(({ isAnswered }) => isAnswered).length,
      slowest: Math.max(...answers.map(({ took }) => took)),
      deliveries: readers.reduce((sum, reader) => sum + reader.deliveries(), 0),
      restarts: readers.reduce((sum, reader) => sum + reader.restarts(), 0),
      settled: Date.now() - started,
      disturbances,
      differences: [
        ...differences,
        ...(unanswered > 0 ? [`${unanswered} writes were not answered`] : []),
        ...readers.flatMap((reader) => reader.doubled.map((change) => `seen twice: ${change}`)),
      ],
    };
  } finally {
    for (const reader of readers) reader.stop();
    for (const service of services.keys()) service.kill('SIGKILL');
    await database.close();
  }
}

/** ms that an answer, a start and the last deliveries may take on a slow machine. */
const PATIENCE = 60_000;
const MAX_STARTS = 5;

/** Starts a service; its first session may be ended too, then it is started again. */
async function startOne(
  { url }: SoakDatabase,
  services: Map<ServiceProcess, string>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const service = spawnService({
      DATABASE_URL: url,
      LOG_LEVEL: 'error',
      MIGRATE_ON_START: 'false',
      POOL_TIMEOUT: '3000',
      LOCK_TIMEOUT: '3000',
      TRANSACTION_TIMEOUT: '8000',
    });
    try {
      services.set(service, await Promise.race([service.url, refuseLater()]));
      return;
    } catch (error) {
      service.kill('SIGKILL');
      if (tries === MAX_STARTS) throw error;
    }
  }
}

async function refuseLater(): Promise<never> {
  await sleep(PATIENCE, undefined, { ref: false });
  throw new Error('a service neither takes requests nor ends');
}

/** How a write has ended. */
type Sent = { readonly isAnswered: boolean; readonly took: number };

/** Writes one change after the other, each with a text of its own. */
async function runWriter(
  random: Random,
  name: string,
  url: () => string,
  until: number,
): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  for (let turn = 0; Date.now() < until; turn += 1) {
    const mark = `${name}.${turn}`;
    const postId = String(1 + random.below(POSTS));
    const [mutation, variables] = random.chance(0.4)
      ? (['updatePost', { id: postId, input: { title: mark } }] as const)
      : random.chance(0.5)
        ? (['buildPostComment', { postId, input: { body: mark } }] as const)
        : ([
            'updateComment',
            { id: String(1 + random.below(60)), input: { body: mark, postId } },
          ] as const);
    // One that fails has changed nothing, or is found in the rows.
    const started = Date.now();
    const isAnswered = await post<{ result: unknown } | null>(
      url(),
      mutationText(mutation),
      variables,
      AbortSignal.timeout(PATIENCE),
    ).then(
      ({ data }) => Boolean(data?.result),
      () => false,
    );
    sent.push({ isAnswered, took: Date.now() - started });
    await sleep(isAnswered ? random.below(20) : 50);
  }
  return sent;
}

async function compareAll(
  database: SoakDatabase,
  readers: readonly Reader[],
): Promise<readonly string[]> {
  const rows = await database.use((client) =>
    client.query<{ id: string; now: PostNow }>(`
      SELECT id::text, json_build_object('title', title, 'comments', coalesce((
        SELECT json_agg(json_build_object('id', c.id::text, 'body', c.body) ORDER BY c.id)
        FROM comments AS c WHERE c.post_id = posts.id), '[]')) AS now
      FROM posts`),
  );
  const stored = new Map(rows.rows.map(({ id, now }) => [id, now]));
  return readers
    .filter((reader) => !isDeepStrictEqual(reader.last(), stored.get(reader.post)))
    .map((reader) => `a reader of post ${reader.post} has ${JSON.stringify(reader.last())}`);
}
