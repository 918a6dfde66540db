import SchemaBuilder from '@pothos/core';
import { graphql, GraphQLScalarType, printSchema } from 'graphql';
import { defineDomain, owned, validateRequired } from 'prisma-assoc/changeset';
import { associationKit } from 'prisma-assoc/pothos';
import type { Row, TransactionClient } from 'prisma-assoc';
import { expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { datamodel } from '../ecto/generated/datamodel.ts';
import { useCore } from '../support/core.ts';
import { useDatabase } from '../support/database.ts';
import { read } from '../support/execute.ts';

/*
 * Two schemas in one process: the blog's, and one over other tables whose models have the same
 * names, on a builder with other defaults, another context, and types of its own.
 */

const domain = defineDomain(datamodel, {
  Author: { cast: ['name'] },
  Post: {
    cast: ['title', 'author_id'],
    version: 'lock_version',
    validate: (changeset) => validateRequired(changeset, ['title']),
    associations: { comments: owned(), notes: owned() },
  },
  Comment: { cast: ['body', 'post_id'] },
  Note: { cast: ['body', 'post_id'] },
});

interface OtherContext {
  readonly prisma: () => TransactionClient;
  readonly kept: string[];
}

const builder = new SchemaBuilder<{
  Context: OtherContext;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: true;
  Scalars: {
    Moment: { Input: Date; Output: Date };
    Anything: { Input: unknown; Output: unknown };
  };
}>({ defaultFieldNullability: false, defaultInputFieldRequiredness: true });
builder.addScalarType('Moment', new GraphQLScalarType({ name: 'Moment' }));
builder.addScalarType('Anything', new GraphQLScalarType({ name: 'Anything' }));

const Essay = builder.objectRef<Row>('Essay');
const kit = associationKit(builder, domain, {
  client: ({ prisma }) => prisma(),
  limits: () => ({ maxEntries: 2 }),
  onWrite: ({ kept }) => void kept.push('a write'),
  scalars: { DateTime: 'Moment', JSON: 'Anything' },
  objects: { Post: Essay },
});

builder.objectType(Essay, {
  fields: (t) => ({
    ...kit.columns(t, 'Post', { id: 'The id.', title: 'The title.', updated_at: 'When.' }),
    comments: kit.association(t, 'Post', 'comments', 'The comments.'),
    noteCount: kit.count(t, 'Post', 'notes', 'How many notes.'),
  }),
});
for (const name of ['Comment', 'Note'] as const) {
  kit.object(name, {
    description: 'A text.',
    fields: (t) => kit.columns(t, name, { id: 'The id.', body: 'The text.' }),
  });
}
builder.queryType({
  fields: (t) => ({
    essay: kit.record(t, 'Post', 'The essay of an id.'),
    essays: kit.connection(t, 'Post', 'All essays.'),
  }),
});
builder.mutationType({ fields: (t) => kit.mutations(t, 'Post') });
const schema = builder.toSchema();

const blogs = useDatabase();
const others = useCore();

test('each of two schemas in one process writes and reads its own tables', async () => {
  const kept: string[] = [];
  const context = (): OtherContext => ({ prisma: () => others.client, kept });
  const send = (source: string) => graphql({ schema, source, contextValue: context() });
  const written = await Promise.all([
    send(`mutation { createPost(input: { title: "Two", comments: { build: [{ body: "b" }] } }) {
      ... on CreatePostSuccess { post { id title comments { body } noteCount } }
    } }`),
    read(
      blogs.client,
      `mutation { createPost(input: { title: "One", comments: { build: [{ body: "a" }] } }) {
        ... on CreatePostSuccess { post { title comments { body } commentCount } }
      } }`,
    ),
  ]);
  expect(JSON.parse(JSON.stringify(written))).toEqual([
    {
      data: {
        createPost: { post: { id: '1', title: 'Two', comments: [{ body: 'b' }], noteCount: 0 } },
      },
    },
    { createPost: { post: { title: 'One', comments: [{ body: 'a' }], commentCount: 1 } } },
  ]);
  expect(kept).toEqual(['a write']);
  const built = await send(
    `mutation { buildPostNote(postId: 1, input: { body: "n" }) {
      ... on BuildPostNoteSuccess { note { body } changeset { operations { changes { to } } } }
    } }`,
  );
  expect(built.errors).toBeUndefined();
  const found = await send('{ essay(id: 1) { noteCount } essays { totalCount } }');
  expect(JSON.parse(JSON.stringify(found.data))).toEqual({
    essay: { noteCount: 1 },
    essays: { totalCount: 1 },
  });
});

test('the limits are those of the context', async () => {
  const entries = '{ body: "a" } { body: "b" } { body: "c" }';
  const { data } = await graphql({
    schema,
    source: `mutation { createPost(input: { title: "T", comments: { build: [${entries}] } }) {
      __typename
    } }`,
    contextValue: { prisma: () => others.client, kept: [] },
  });
  expect(data?.['createPost']).toEqual({ __typename: 'LimitExceeded' });
});

test("a schema has its own types where it gives them, and the kit's beside them", () => {
  expect(schema.getType('Post')).toBeUndefined();
  expect(schema.getType('DateTime')).toBeUndefined();
  expect(schema.getType('JSON')).toBeUndefined();
  expect(printSchema(schema)).toContain('updated_at: Moment');
  expect(printSchema(schema)).not.toContain('insertedAt');
});

test('a cast takes in records of elsewhere only where its domain declares it', () => {
  expect(printSchema(schema)).toContain('input CastPostComments');
  expect(printSchema(schema)).not.toContain('onUnknown');
});

test('what a type of the kit requires does not hang on the defaults of its builder', () => {
  const defaults = [
    {},
    { defaultFieldNullability: false, defaultInputFieldRequiredness: true } as const,
  ];
  const [first, second] = defaults.map((options) => {
    const own = new SchemaBuilder<{
      Context: OtherContext;
      DefaultFieldNullability: boolean;
      DefaultInputFieldRequiredness: boolean;
    }>(options as never);
    const same = associationKit(own, blog, { client: ({ prisma }) => prisma() });
    for (const name of ['Post', 'Author', 'Comment', 'Tag', 'Permalink'] as const) {
      same.object(name, {
        description: '',
        fields: (t) => same.columns(t, name, { id: 'The id.' }),
      });
    }
    own.queryType({
      fields: (t) => ({ post: same.record(t, 'Post', ''), posts: same.connection(t, 'Post', '') }),
    });
    own.mutationType({
      fields: (t) => ({ ...same.mutations(t, 'Post'), ...same.mutations(t, 'Author') }),
    });
    return printSchema(own.toSchema());
  });
  expect(first).toBe(second);
});
