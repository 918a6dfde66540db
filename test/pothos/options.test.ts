import SchemaBuilder from '@pothos/core';
import { graphql, isObjectType, printSchema, printType } from 'graphql';
import { defineDomain, owned } from 'prisma-assoc/changeset';
import type { TransactionClient } from 'prisma-assoc';
import { associationKit, type KitOptions } from 'prisma-assoc/pothos';
import { beforeEach, describe, expect, test } from 'vitest';
import { datamodel } from '../../src/generated/datamodel.ts';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { wideLimits } from '../support/limits.ts';

/* What a kit lets its user choose, beside types and scalars: names, pages, the idempotency table. */

interface Context {
  readonly client: TransactionClient;
  readonly log: unknown[];
}

type Types = PothosSchemaTypes.ExtendDefaultTypes<{ Context: Context }>;

const domain = defineDomain(datamodel, {
  Post: {
    cast: ['title', 'body'],
    associations: { comments: { ...owned(), singular: 'reply' } },
    afterCommit(plan, { log }: Context) {
      log.push(`${plan.operations.length} after`);
      throw new Error('lost');
    },
  },
  Comment: { cast: ['body'] },
});

/** A schema of posts and comments, on a builder that `prepare` may give types of its own. */
function schemaWith(
  options: Partial<KitOptions<Types>> = {},
  prepare: (builder: PothosSchemaTypes.SchemaBuilder<Types>) => void = () => {},
) {
  const builder = new SchemaBuilder<{ Context: Context }>({});
  prepare(builder);
  const kit = associationKit(builder, domain, {
    client: ({ client }) => client,
    limits: () => wideLimits,
    ...options,
  });
  for (const name of ['Post', 'Comment'] as const) {
    kit.object(name, { description: '', fields: (t) => kit.columns(t, name, { id: '' }) });
  }
  builder.queryType({ fields: (t) => ({ posts: kit.connection(t, 'Post', '') }) });
  builder.mutationType({ fields: (t) => kit.mutations(t, 'Post') });
  return builder.toSchema();
}

const database = useDatabase();
beforeEach(() => writeBlog(database));

const send = async (schema: ReturnType<typeof schemaWith>, source: string, log: unknown[] = []) => {
  const contextValue: Context = { client: database.client, log };
  const { data, errors } = await graphql({ schema, source, contextValue });
  return errors ?? (JSON.parse(JSON.stringify(data)) as unknown);
};

describe('names', () => {
  const taken = ['PageInfo', 'Issue', 'Operation', 'Changeset', 'Node', 'NotFound', 'PostOrder'];
  const names = Object.fromEntries(taken.map((name) => [name, `Assoc${name}`]));
  const withTaken = () =>
    schemaWith({ names }, (builder) => {
      for (const name of taken) {
        builder
          .objectRef<object>(name)
          .implement({ fields: (t) => ({ own: t.boolean({ resolve: () => true }) }) });
      }
    });

  test("leave the user's types theirs", () => {
    const schema = withTaken();
    for (const name of taken) {
      const own = schema.getType(name);
      expect(isObjectType(own) && Object.keys(own.getFields())).toEqual(['own']);
      expect(schema.getType(`Assoc${name}`)).toBeDefined();
    }
  });

  test('hold in the answers too', async () => {
    const source = 'mutation { deletePost(id: 99) { __typename } }';
    expect(await send(withTaken(), source)).toEqual({
      deletePost: { __typename: 'AssocNotFound' },
    });
  });

  test('of a type that the kit does not make end the making of the schema', () => {
    expect(() => schemaWith({ names: { pageInfo: 'AssocPageInfo' } })).toThrow(
      /^cannot rename "pageInfo": the kit makes no such type\. It makes: .*, PageInfo, /,
    );
  });
});

test('an ID is the text of a BigInt', async () => {
  const schema = schemaWith({}, (builder) => {
    builder.queryField('key', (t) => t.id({ resolve: () => 2n ** 60n }));
  });
  expect(await send(schema, '{ key }')).toEqual({ key: `${2n ** 60n}` });
});

test('pageSize is what a connection gives, and what it takes', async () => {
  const schema = schemaWith({ pageSize: { standard: 2, max: 3 } });
  const ids = (args: string) => send(schema, `{ posts${args} { edges { node { id } } } }`);
  expect(await ids('')).toMatchObject({ posts: { edges: { length: 2 } } });
  expect(await ids('(first: 3)')).toMatchObject({ posts: { edges: { length: 3 } } });
  expect(await ids('(last: 4)')).toMatchObject([
    { message: 'last is 4: at most 3. Page on with a cursor.' },
  ]);
});

describe('idempotencyTable', () => {
  const optionsOf = (schema: ReturnType<typeof schemaWith>) => {
    const type = schema.getType('WriteOptions');
    return type ? printType(type) : '';
  };

  test('names the table of the keys, with its schema or without', async () => {
    for (const idempotencyTable of ['idempotency_keys', 'public.idempotency_keys']) {
      const schema = schemaWith({ idempotencyTable, onError: () => {} });
      expect(optionsOf(schema)).toContain('idempotencyKey');
      const source = `mutation { updatePost(id: 1, input: { body: "B" }, options: { idempotencyKey: "k" }) { __typename } }`;
      expect(await send(schema, source)).toEqual({
        updatePost: { __typename: 'UpdatePostSuccess' },
      });
    }
    expect(await database.sql('SELECT key FROM idempotency_keys')).toEqual([{ key: 'k' }]);
  });

  test.each([
    [
      'a model in place of its table',
      'IdempotencyKey',
      'the schema has "idempotency_keys" for them',
    ],
    ['another table', 'public.posts', 'the schema has "idempotency_keys" for them'],
    ['a misspelt one', 'idempotency_key', 'the schema has "idempotency_keys" for them'],
  ])('that is %s ends the making of the kit', (_what, idempotencyTable, wayOut) => {
    expect(() => schemaWith({ idempotencyTable })).toThrow(
      `the idempotencyTable "${idempotencyTable}" cannot keep keys: ${wayOut}.`,
    );
  });

  test('where it is not named, no mutation takes a key', () => {
    expect(optionsOf(schemaWith())).not.toContain('idempotencyKey');
  });
});

test("singular is an association's name in the mutation that builds through it", () => {
  const text = printSchema(schemaWith());
  expect(text).toMatch(/^ {2}buildPostReply\(/m);
  expect(text).toContain('union BuildPostReplyResult');
});

test('onWrite is called before afterCommit runs, and onError with what that throws', async () => {
  const log: unknown[] = [];
  const schema = schemaWith({
    onWrite: (context) => void context.log.push('kept'),
    onError: (context, error) => void context.log.push(error),
  });
  const source = 'mutation { updatePost(id: 1, input: { body: "B" }) { __typename } }';
  expect(await send(schema, source, log)).toEqual({
    updatePost: { __typename: 'UpdatePostSuccess' },
  });
  expect(log).toEqual(['kept', '1 after', new Error('lost')]);
});

test("a mutation in a transaction of the user's hands afterCommit to onWrite", async () => {
  const log: unknown[] = [];
  const pending: (() => Promise<void>)[] = [];
  const schema = schemaWith({
    onWrite: (_context, { afterCommit }) => void (afterCommit && pending.push(afterCommit)),
    onError: () => {},
  });
  await database.client.$transaction(async (client) => {
    const source = 'mutation { updatePost(id: 1, input: { body: "B" }) { __typename } }';
    await graphql({ schema, source, contextValue: { client, log } });
  });
  expect(log).toEqual([]);
  for (const afterCommit of pending) await afterCommit();
  expect(log).toEqual(['1 after']);
});
