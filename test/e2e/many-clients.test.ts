import { expect, test } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { type MutationResult, mutationText } from '../support/mutation.ts';
import { post, useService } from '../support/service.ts';

const database = useDatabase();
// Two processes of the service share a database; but for SERVICE=process they share the test's too.
const services = [useService(database), useService(database)];

const CLIENTS = Number(process.env['CLIENTS'] ?? 12);
const CASTS = Number(process.env['CASTS'] ?? 10);
const POSTS = [1, 2, 3, 4, 5];

type Answer = { readonly name: string; readonly result: MutationResult };

test(`${CLIENTS} clients cast ${CASTS} times each on the same ${POSTS.length} posts, and every list is whole`, async () => {
  await database.sql(
    `INSERT INTO posts (id, title) SELECT id, 'Post ' || id FROM generate_series(1, ${POSTS.length}) AS id`,
  );
  let answers: readonly Answer[] = [];
  const started = Date.now();
  const errors = await database.errorsOf(async () => {
    const clients = Array.from({ length: CLIENTS }, (_, index) => runClient(index));
    answers = (await Promise.all(clients)).flat();
  });
  const written = answers.filter(({ result }) => result.__typename === 'UpdatePostSuccess');
  if (process.env['CLIENTS'] !== undefined) {
    const took = Date.now() - started;
    console.log(`${answers.length} casts, ${written.length} written, ${took} ms`);
  }
  expect(errors).toEqual([]);
  expect(answers).toHaveLength(CLIENTS * CASTS);
  expect(kindsOf(answers)).toEqual(expect.arrayContaining(['UpdatePostSuccess']));
  expect(
    kindsOf(answers).every((kind) =>
      ['UpdatePostSuccess', 'InvalidChangeset NOT_IN_ASSOCIATION'].includes(kind),
    ),
  ).toBe(true);

  const inserted = idsOf(written, 'INSERT');
  const deleted = idsOf(written, 'DELETE');
  expect(new Set(inserted).size).toBe(inserted.length);
  expect(new Set(deleted).size).toBe(deleted.length);
  const gone = new Set(deleted);
  const left = inserted.filter((id) => !gone.has(id));
  const rows = await database.sql<{ id: string; post: string; body: string }>(
    'SELECT id::text, post_id::text AS post, body FROM comments ORDER BY id',
  );
  expect(rows.map(({ id }) => id)).toEqual(left.toSorted(byNumber));

  const names = new Set(written.map(({ name }) => name));
  for (const id of POSTS) {
    const bodies = rows.filter((row) => row.post === `${id}`).map(({ body }) => body);
    const [name = '', size = ''] = bodies[0]?.split(' ') ?? [];
    expect(names).toContain(name);
    expect(bodies.toSorted()).toEqual(bodiesOf(name, Number(size)));
  }
});

async function runClient(index: number): Promise<Answer[]> {
  const url = services[index % services.length]?.url ?? '';
  const answers: Answer[] = [];
  for (let turn = 0; turn < CASTS; turn += 1) {
    const id = POSTS[(index + turn * 7) % POSTS.length];
    const name = `${index}-${turn}`;
    // Half of the lists keep what is there, as far as it is known.
    const kept = turn % 2 === 0 ? [] : await readIds(url, id);
    const size = Math.max(3, kept.length);
    const entries = bodiesOf(name, size).map((body, i) => {
      const known = kept[i];
      return known === undefined ? { body } : { id: known, body };
    });
    const { data, errors } = await post<{ result: MutationResult }>(
      url,
      mutationText('updatePost'),
      { id, input: { comments: { cast: { entries } } } },
    );
    expect(errors).toBeUndefined();
    answers.push({ name, result: data.result });
  }
  return answers;
}

/** A list that tells which request sent it, and how long it was. */
function bodiesOf(name: string, size: number): string[] {
  return Array.from({ length: size }, (_, i) => `${name} ${size} ${i}`);
}

async function readIds(url: string, id: unknown): Promise<string[]> {
  const { data } = await post<{ post: { comments: { id: string }[] } }>(
    url,
    'query ($id: ID!) { post(id: $id) { comments { id } } }',
    { id },
  );
  return data.post.comments.slice(0, 2).map((comment) => comment.id);
}

function kindsOf(answers: readonly Answer[]): string[] {
  const kinds = answers.map(({ result: { __typename, issues = [] } }) =>
    [__typename, ...new Set(issues.map(({ code }) => code))].join(' '),
  );
  return [...new Set(kinds)];
}

function idsOf(answers: readonly Answer[], action: string): string[] {
  return answers.flatMap(({ result }) =>
    (result.changeset?.operations ?? []).flatMap((operation) =>
      operation.action === action && operation.recordId !== null ? [operation.recordId] : [],
    ),
  );
}

function byNumber(a: string, b: string): number {
  return Number(a) - Number(b);
}
