import SchemaBuilder from '@pothos/core';
import { graphql, type GraphQLSchema } from 'graphql';
import type { PlannedOperation } from 'prisma-assoc/changeset';
import { associationKit } from 'prisma-assoc/pothos';
import { describe, expect, test } from 'vitest';
import type { Asker } from '../../src/blog/asker.ts';
import { blog } from '../../src/blog/domain.ts';
import { foreignKeys } from '../../src/model/key.ts';
import { schema as served } from '../../src/graphql/schema.ts';
import type { Client } from '../../src/server/database/client.ts';
import { useDatabase } from '../support/database.ts';
import { execute } from '../support/execute.ts';
import { type Create, type Route, routesOf } from '../support/routes.ts';

/* No way to a row leads past a denial: every route that the schema has, found in its own types. */

const database = useDatabase();

interface Context {
  readonly client: Client;
  readonly asker: Asker;
  /** What is asked about, each time. */
  readonly asked: (readonly PlannedOperation[])[];
  readonly isDenied: (operation: PlannedOperation, index: number) => boolean;
}

/** The mutations of the blog under a policy that a test decides, or under none. */
function makeSchema(asks: boolean): GraphQLSchema {
  const builder = new SchemaBuilder<{ Context: Context }>({});
  const kit = associationKit(builder, blog, {
    client: ({ client }) => client,
    ...(asks && {
      authorize(operations, _tx, { asked, isDenied }: Context) {
        asked.push(operations);
        return operations.filter(isDenied);
      },
    }),
  });
  builder.queryType({ fields: (t) => ({ post: kit.record(t, 'Post', 'A post.') }) });
  builder.mutationType({});
  for (const name of blog.aggregates.keys() as Iterable<'Post'>) {
    kit.object(name, { description: name, fields: (t) => kit.columns(t, name, { id: 'The id.' }) });
    builder.mutationFields((t) => kit.mutations(t, name));
  }
  return builder.toSchema();
}

interface Answer {
  readonly __typename: string;
  readonly path?: readonly string[];
  readonly issues?: readonly object[];
  readonly changeset?: { readonly operations: readonly Written[] };
}

interface Written {
  readonly action: string;
  readonly type: string;
  readonly recordId: string;
  readonly path: readonly string[];
}

/** The document of a mutation of a schema; every argument is a variable. */
function documentOf(schema: GraphQLSchema, mutation: string): string {
  const args = schema.getMutationType()?.getFields()[mutation]?.args ?? [];
  const variables = args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const sent = args.map(({ name }) => `${name}: $${name}`).join(', ');
  const changeset = 'changeset { operations { action type recordId path } }';
  const success = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Success`;
  return `mutation (${variables}) { result: ${mutation}(${sent}) {
    __typename ... on InvalidChangeset { issues { code path } } ... on Forbidden { path }
    ... on DryRun { ${changeset} } ... on ${success} { ${changeset} }
  } }`;
}

/** What one run of a mutation may be given. */
interface Run {
  readonly dryRun?: boolean;
  readonly isDenied?: Context['isDenied'];
}

function makeSender(schema: GraphQLSchema) {
  const asked: (readonly PlannedOperation[])[] = [];
  return async (
    mutation: string,
    variables: object,
    { dryRun = false, isDenied = () => false }: Run = {},
  ) => {
    asked.length = 0;
    const { data, errors } = await graphql({
      schema,
      source: documentOf(schema, mutation),
      variableValues: { ...variables, options: { dryRun } },
      contextValue: { client: database.client, asker: { kind: 'open' }, asked, isDenied },
    });
    if (errors) throw new AggregateError(errors, errors.join('\n'));
    return { asked: [...asked], ...(data as unknown as { readonly result: Answer }) };
  };
}

const writesOf = ({ changeset }: Answer) =>
  (changeset?.operations ?? []).filter(({ action }) => action !== 'UNCHANGED');

function creator(send: ReturnType<typeof makeSender>): Create {
  return async (mutation, variables) => {
    const { result } = await send(mutation, variables);
    if (!result.changeset) throw new Error(`${mutation}: ${JSON.stringify(result)}`);
    return writesOf(result).flatMap(({ action, recordId: id, path }) =>
      action === 'INSERT' ? [{ id, path }] : [],
    );
  };
}

/** All rows, as one text. */
async function rowsText(): Promise<string> {
  const tables = [...blog.models.values()].map(({ table }) => table);
  const parts = tables.map((table) => `SELECT '${table} ' || t::text AS row FROM ${table} AS t`);
  const [{ text } = { text: '' }] = await database.sql<{ text: string }>(
    `SELECT md5(string_agg(row, ',' ORDER BY row)) AS text FROM (${parts.join(' UNION ALL ')}) AS rows`,
  );
  return text;
}

/** Where a route leads past a denial, if it does. */
async function findLeak(
  send: ReturnType<typeof makeSender>,
  { mutation, prepare }: Route,
): Promise<string | null> {
  const variables = await prepare(creator(send));
  const before = await rowsText();
  const planned = await send(mutation, variables, { dryRun: true });
  const writes = writesOf(planned.result);
  if (writes.length === 0) throw new Error(`it writes nothing: ${JSON.stringify(planned.result)}`);
  for (const [index, { action, type, path }] of writes.entries()) {
    const isDenied = (_operation: PlannedOperation, at: number) => at === index;
    for (const dryRun of index === 0 ? [true, false] : [false]) {
      const { result, asked } = await send(mutation, variables, { dryRun, isDenied });
      const isRefused =
        result.__typename === 'Forbidden' &&
        String(result.path) === String(path) &&
        asked.length === 1 &&
        asked[0]?.length === writes.length &&
        (await rowsText()) === before;
      if (!isRefused) return `${action} ${type} ${path.join('.')}`;
    }
  }
  const { result } = await send(mutation, variables);
  const isDone = writesOf(result).length === writes.length && (await rowsText()) !== before;
  return isDone ? null : `not done: ${JSON.stringify(result)}`;
}

/** The models of the blog; of one that is added nobody knows here what makes a valid record. */
const ofBlog: readonly string[] = ['Author', 'Post', 'Comment', 'Tag', 'Permalink'];

const added = [...blog.aggregates.values()].flatMap(({ model, associations }) => [
  ...(ofBlog.includes(model.name) ? [] : [model.name]),
  ...[...associations.values()]
    .filter(({ related }) => !ofBlog.includes(related.model.name))
    .map(({ association }) => association.name),
]);

/** The routes of a schema to the models of the blog. */
const routesOfBlog = (schema: GraphQLSchema): readonly Route[] =>
  routesOf(schema).filter(({ name }) => added.every((word) => !name.includes(word)));

const asking = makeSchema(true);
const routes = routesOfBlog(asking);

/** The parents that a row cannot be without. */
const needed = [...blog.models.values()].flatMap((model) =>
  foreignKeys(model)
    .filter(({ ownerKey }) => ownerKey.some((key) => model.fields.get(key)?.isNullable === false))
    .map(({ name }) => name),
);

/** No route: a comment cannot lose its post, nor an author go who has posts. */
const isRefused = ({ name, association, tool }: Route) =>
  name === 'deleteAuthor with posts' ||
  (needed.includes(association) && ['cast NILIFY', 'cast UPDATE', 'put NILIFY'].includes(tool));

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

describe('one denial of any row stops', () => {
  const send = makeSender(asking);
  test.each(
    routes.filter((route) => !isRefused(route)).map((route) => [route.name, route] as const),
  )('%s', async (_name, route) => expect(await findLeak(send, route)).toBeNull());
});

test('without the call every route leads past it', async () => {
  const unasked = makeSchema(false);
  const send = makeSender(unasked);
  const leaks: string[] = [];
  for (const route of routesOfBlog(unasked)) {
    if (!isRefused(route) && (await findLeak(send, route)) === null) leaks.push(route.name);
  }
  expect(leaks).toEqual([]);
});

describe('by the policy of the blog', () => {
  const person = (subject: string, isAdmin: boolean): Asker => ({
    kind: 'person',
    issuer: '',
    subject,
    isAdmin,
  });
  const run = async (asker: Asker, mutation: string, variables: object): Promise<Answer> => {
    const { data, errors } = await execute<{ result: Answer }>(
      database.client,
      documentOf(served, mutation),
      { ...variables },
      asker,
    );
    if (errors.length > 0) throw new AggregateError(errors, errors.join('\n'));
    return data.result;
  };
  const create: Create = async (mutation, variables) =>
    writesOf(await run({ kind: 'open' }, mutation, variables)).flatMap(
      ({ action, recordId: id, path }) => (action === 'INSERT' ? [{ id, path }] : []),
    );
  const isFree = (writes: readonly Written[]) =>
    writes.every(({ action, type }) => action === 'INSERT' && ['Comment', 'Tag'].includes(type));

  test.each(
    routesOfBlog(served)
      .filter((route) => !isRefused(route))
      .map((route) => [route.name, route] as const),
  )('%s is for who may', async (_name, { mutation, prepare }) => {
    await database.sql(
      `INSERT INTO authors (name, subject) VALUES ('Bob', 'bob') ON CONFLICT DO NOTHING`,
    );
    const variables = await prepare(create);
    const before = await rowsText();
    const dry = await run({ kind: 'open' }, mutation, { ...variables, options: { dryRun: true } });
    const writes = writesOf(dry);
    // Who has no author yet may make one, who has one may write posts: the other one may not.
    const makes = writes.some(({ action, type }) => action === 'INSERT' && type === 'Author');
    const stranger = person(makes ? 'bob' : 'eve', false);
    expect((await run({ kind: 'anonymous' }, mutation, variables)).__typename).toBe('Forbidden');
    if (!isFree(writes))
      expect((await run(stranger, mutation, variables)).__typename).toBe('Forbidden');
    expect(await rowsText()).toBe(before);
    expect((await run(person('root', true), mutation, variables)).__typename).toMatch(/Success$/);
    expect(await rowsText()).not.toBe(before);
  });
});
