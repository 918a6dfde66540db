import type { GraphQLSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Asker } from '../../src/blog/asker.ts';
import { blog } from '../../src/blog/domain.ts';
import { schema as served } from '../../src/graphql/schema.ts';
import { useDatabase } from '../support/database.ts';
import {
  type Answer,
  creator,
  documentOf,
  findLeak,
  findUnplanned,
  losesParent,
  makeSender,
  plan,
  type Planned,
  rowsSql,
  type Written,
} from '../support/denials.ts';
import { execute } from '../support/execute.ts';
import { type Route, routesOf } from '../support/routes.ts';

/* No way to a row leads past a denial: every route that the schema has, found in its own types. */

const database = useDatabase();

const context = { asker: { kind: 'open' } };
const asking = makeSender({ domain: blog, client: () => database.client, context }, true);
const unasked = makeSender({ domain: blog, client: () => database.client, context }, false);

/** All rows, as one text. */
async function rowsText(): Promise<string> {
  const [row] = await database.sql<{ text: string }>(rowsSql(blog));
  return row?.text ?? '';
}

/** The models of the blog; of one that is added nobody knows here what makes a valid record. */
const ofBlog: readonly string[] = ['Author', 'Post', 'Comment', 'Tag', 'Permalink'];

const added = [...blog.aggregates.values()].flatMap(({ model, associations }) => [
  ...(ofBlog.includes(model.name) ? [] : [model.name]),
  ...[...associations.values()]
    .filter(({ related }) => !ofBlog.includes(related.model.name))
    .map(({ association }) => association.name),
]);

const isLossOfParent = losesParent(blog);

/** The routes of a schema to the models of the blog; an author cannot go who has posts. */
const routesOfBlog = (schema: GraphQLSchema): readonly Route[] =>
  routesOf(schema).filter(
    (route) =>
      added.every((word) => !route.name.includes(word)) &&
      route.name !== 'deleteAuthor with posts' &&
      !isLossOfParent(route),
  );

const routes = routesOfBlog(asking.schema);

test('the routes lead through every association that clients write, by each of its tools', () => {
  const found = new Set(
    routes.map(({ association, tool }) => `${association.split('.').at(-1)} ${tool.split(' ')[0]}`),
  );
  const declared = [...blog.aggregates.values()].flatMap(({ associations }) =>
    [...associations.values()]
      .filter(({ association }) => !added.includes(association.name))
      .flatMap(({ association: { name }, cast, put, build }) => [
        ...(cast ? [`${name} cast`] : []),
        ...(cast?.relate ? [`${name} cast RELATE`] : []),
        ...(put ? [`${name} put`] : []),
        ...(build ? [`${name} build`] : []),
      ]),
  );
  expect(declared.length).toBeGreaterThan(10);
  const names = new Set(routes.map(({ association, tool }) => `${association} ${tool}`));
  for (const name of declared) expect(found.has(name) || names.has(name)).toBe(true);
  expect(routes.length).toBeGreaterThan(150);
});

const servedNames = routesOfBlog(served).map(({ name }) => name);

test('those of the service are among them', () => {
  const names = new Set(routes.map(({ name }) => name));
  expect(servedNames.filter((name) => !names.has(name))).toEqual([]);
  expect(servedNames.length).toBeGreaterThan(150);
});

/** Sends a mutation to the service. */
async function sendAs(asker: Asker, mutation: string, variables: object): Promise<Answer> {
  const { data, errors } = await execute<{ result: Answer }>(
    database.client,
    documentOf(served, mutation),
    { ...variables },
    asker,
  );
  if (errors.length > 0) throw new AggregateError(errors, errors.join('\n'));
  return data.result;
}

const person = (subject: string, isAdmin: boolean): Asker => ({
  kind: 'person',
  issuer: '',
  subject,
  isAdmin,
});

/** Whether all who are signed in may write this. */
const isFree = (writes: readonly Written[]) =>
  writes.every(({ action, type }) => action === 'INSERT' && ['Comment', 'Tag'].includes(type));

describe('one denial of any row stops', () => {
  test.each(routes.map((route) => [route.name, route] as const))(
    '%s',
    async (name, { mutation, prepare }) => {
      await database.sql(`INSERT INTO authors (name, subject) VALUES ('Bob', 'bob')`);
      const variables = await prepare(creator(asking));
      const before = await rowsText();
      // Without the call no denial is heard.
      const planned = await plan(unasked, mutation, variables);
      expect(await findLeak(asking, planned, rowsText)).toBeNull();
      const isServed = servedNames.includes(name);
      const result = isServed
        ? await expectPolicy(planned)
        : (await asking.send(mutation, variables)).result;
      const after = await rowsText();
      expect(after).not.toBe(before);
      expect(findUnplanned(before, after, result)).toEqual([]);
    },
  );
});

/** Expects that the policy of the blog denies a mutation to who may not; who may writes it: the answer. */
async function expectPolicy({ mutation, variables, writes }: Planned): Promise<Answer> {
  const before = await rowsText();
  const endingFor = async (asker: Asker) => (await sendAs(asker, mutation, variables)).__typename;
  expect(await endingFor({ kind: 'anonymous' })).toBe('Forbidden');
  // Who has no author yet may make one, who has one may write posts: the other one may not.
  const makes = writes.some(({ action, type }) => action === 'INSERT' && type === 'Author');
  if (!isFree(writes))
    expect(await endingFor(person(makes ? 'bob' : 'eve', false))).toBe('Forbidden');
  expect(await rowsText()).toBe(before);
  const result = await sendAs(person('root', true), mutation, variables);
  expect(result.__typename).toMatch(/Success$/);
  return result;
}
