import SchemaBuilder from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import { graphql } from 'graphql';
import { defineDomain, owned } from 'prisma-assoc/changeset';
import { associationKit } from 'prisma-assoc/pothos';
import { beforeEach, expect, test } from 'vitest';
import { datamodel } from '../../ecto/generated/datamodel.ts';
import type { PrismaClient } from '../../ecto/generated/prisma/client.ts';
import { useCore } from '../../support/core.ts';
import { writesOf } from '../../support/database.ts';
import { wideLimits } from '../../support/limits.ts';
import { getDatamodel, type default as PrismaTypes } from './generated/pothos-types.ts';

/*
 * A builder with Pothos's Prisma plugin: its prismaObjects are the records of the results, and read
 * their relations as they do everywhere. In a program of its own, since to import the plugin is to
 * need its settings on every builder.
 */

const domain = defineDomain(datamodel, {
  Post: { cast: ['title'], updatedAt: 'updated_at', associations: { comments: owned() } },
  Comment: { cast: ['body'], associations: { post: { put: {} } } },
});

interface Context {
  readonly client: PrismaClient;
}

const builder = new SchemaBuilder<{
  PrismaTypes: PrismaTypes;
  Context: Context;
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
  };
}>({
  plugins: [PrismaPlugin],
  prisma: { client: ({ client }) => client, dmmf: getDatamodel() },
});
builder.scalarType('DateTime', { serialize: (value) => `at ${value.toISOString()}` });
builder.scalarType('JSON', { serialize: (value) => value });

const Post = builder.prismaObject('Post', {
  fields: (t) => ({
    id: t.string({ resolve: ({ id }) => String(id) }),
    title: t.exposeString('title'),
    updatedAt: t.expose('updated_at', { type: 'DateTime' }),
    comments: t.relation('comments', { query: { orderBy: { id: 'asc' } } }),
  }),
});
const Comment = builder.prismaObject('Comment', {
  fields: (t) => ({ body: t.exposeString('body'), post: t.relation('post') }),
});

const kit = associationKit(builder, domain, {
  client: ({ client }) => client,
  limits: () => wideLimits,
  objects: { Post, Comment },
  scalars: { DateTime: 'DateTime', JSON: 'JSON' },
  nodes: false,
});

builder.queryType({
  fields: (t) => ({
    post: t.prismaField({
      type: Post,
      nullable: true,
      args: { id: t.arg.string({ required: true }) },
      resolve: (query, _root, { id }, { client }) =>
        client.post.findUnique({ ...query, where: { id: BigInt(id) } }),
    }),
  }),
});
builder.mutationType({
  fields: (t) => ({ ...kit.mutations(t, 'Post'), ...kit.mutations(t, 'Comment') }),
});
const schema = builder.toSchema();

const database = useCore();

beforeEach(() =>
  database.sql(`INSERT INTO posts (id, title) VALUES (7, 'A');
    INSERT INTO comments (id, body, post_id) VALUES (10, 'a', 7), (11, 'b', 7);
    SELECT setval('comments_id_seq', 100)`),
);

async function send(source: string): Promise<unknown> {
  const contextValue: Context = { client: database.client };
  const { data, errors } = await graphql({ schema, source, contextValue });
  return errors ?? JSON.parse(JSON.stringify(data));
}

const castComments = `mutation { updatePost(id: 7, input: { title: "B", comments: { cast: {
  entries: [{ id: 11 }, { body: "c" }] } } }) {
    ... on UpdatePostSuccess {
      post { id title updatedAt comments { body post { title } } }
      changeset { operations { action comment { body post { id } } } }
    }
  } }`;

test('a prismaObject is the record of a result, and reads its own relations', async () => {
  let answer: unknown;
  const statements = await database.statementsOf(async () => {
    answer = await send(castComments);
  });
  expect(answer).toEqual({
    updatePost: {
      post: {
        id: '7',
        title: 'B',
        updatedAt: expect.stringMatching(/^at \d{4}-/),
        comments: [
          { body: 'b', post: { title: 'B' } },
          { body: 'c', post: { title: 'B' } },
        ],
      },
      changeset: {
        operations: [
          { action: 'UPDATE', comment: null },
          { action: 'DELETE', comment: null },
          { action: 'INSERT', comment: { body: 'c', post: { id: '7' } } },
          { action: 'UNCHANGED', comment: { body: 'b', post: { id: '7' } } },
        ],
      },
    },
  });
  expect(writesOf(statements)).toEqual(['UPDATE posts', 'DELETE comments', 'INSERT comments']);
});

test("the plugin's own fields stand beside the kit's", async () => {
  expect(await send('{ post(id: "7") { title comments { body } } }')).toEqual({
    post: { title: 'A', comments: [{ body: 'a' }, { body: 'b' }] },
  });
  expect(
    await send(`mutation { createComment(input: { body: "d", post: { put: { ref: { id: 7 } } } }) {
      ... on CreateCommentSuccess { comment { body post { title } } }
    } }`),
  ).toEqual({ createComment: { comment: { body: 'd', post: { title: 'A' } } } });
});
