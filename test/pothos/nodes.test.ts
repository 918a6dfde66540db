import SchemaBuilder from '@pothos/core';
import { graphql, printSchema } from 'graphql';
import { defineDomain } from 'prisma-assoc/changeset';
import type { TransactionClient } from 'prisma-assoc';
import { associationKit } from 'prisma-assoc/pothos';
import { expect, test } from 'vitest';
import { readNodeId, writeNodeId } from '../../src/pothos/node/node-id.ts';
import { datamodel } from '../ecto/generated/datamodel.ts';
import { useCore } from '../support/core.ts';

const database = useCore();
const domain = defineDomain(datamodel, { Post: { cast: ['title'] }, PostTag: {} });

function makeSchema(nodes: boolean) {
  const builder = new SchemaBuilder<{ Context: { client: TransactionClient } }>({});
  const kit = associationKit(builder, domain, { client: ({ client }) => client, nodes });
  kit.object('Post', {
    description: 'A post.',
    fields: (t) => kit.columns(t, 'Post', { title: 'The title.' }),
  });
  kit.object('PostTag', {
    description: 'A link.',
    fields: (t) => kit.columns(t, 'PostTag', { post_id: 'The post.', tag_id: 'The tag.' }),
  });
  builder.queryType({
    fields: (t) => ({
      post: kit.record(t, 'Post', 'A post.'),
      ...(nodes && { node: kit.node(t, 'Any record.') }),
    }),
  });
  builder.mutationType({ fields: (t) => kit.mutations(t, 'Post') });
  return builder.toSchema();
}

test('a record whose key has several fields is a Node as any other', async () => {
  await database.sql(`INSERT INTO posts (id, title) VALUES (1, 'One');
    INSERT INTO tags (id, name) VALUES (2, 'ecto'); INSERT INTO posts_tags (post_id, tag_id) VALUES (1, 2)`);
  const nodeId = writeNodeId(domain.model('PostTag'), { post_id: 1n, tag_id: 2n });
  const { data, errors } = await graphql({
    schema: makeSchema(true),
    source: 'query ($id: ID!) { node(nodeId: $id) { nodeId ... on PostTag { post_id tag_id } } }',
    variableValues: { id: nodeId },
    contextValue: { client: database.client },
  });
  expect(errors).toBeUndefined();
  expect(data?.['node']).toEqual({ nodeId, post_id: '1', tag_id: '2' });
});

test('a builder that has a Node of its own gets no second one', () => {
  expect(printSchema(makeSchema(false))).not.toMatch(/nodeId|Node/i);
  expect(printSchema(makeSchema(true))).toMatch(/type PostTag implements Node/);
});

test('a nodeId may be longer than an id, up to 1 KB', () => {
  const { name } = domain.model('Post');
  const ofLength = (bytes: number) => {
    const text = (key: string) => Buffer.from(JSON.stringify([name, key])).toString('base64url');
    const found = Array.from({ length: bytes }, (_, i) => text('x'.repeat(i)));
    return found.findLast((id) => id.length <= bytes) ?? '';
  };
  expect(readNodeId(ofLength(1_024), 1_024)).toMatchObject({ model: 'Post' });
  expect(readNodeId(`${ofLength(1_024)}xxx`, 1_024)).toBeNull();
});
