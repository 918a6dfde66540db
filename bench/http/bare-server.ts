import { createServer } from 'node:http';
import { PrismaPg } from '@prisma/adapter-pg';
import { createSchema, createYoga } from 'graphql-yoga';
import pg from 'pg';
import { PrismaClient } from '../../src/generated/prisma/client.ts';
import { inTransaction } from '../by-hand.ts';

/*
 * A service as one writes it by hand for these few fields: Yoga, and either Prisma's nested writes
 * or set-based SQL. The client sends the diff; nothing is checked, locked or reported.
 */

const [, , url = '', way = 'prisma'] = process.argv;
const plain = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 10 }) });
const pool = new pg.Pool({ connectionString: url, max: 10 });

interface Diff {
  readonly gone: readonly string[];
  readonly changed: readonly { readonly id: string; readonly body: string }[];
  readonly added: readonly string[];
}

const typeDefs = /* GraphQL */ `
  type Author {
    id: ID!
    name: String!
  }
  type Comment {
    id: ID!
    body: String!
  }
  type Tag {
    id: ID!
    name: String!
  }
  type Post {
    id: ID!
    title: String!
    author: Author
    comments: [Comment!]!
    tags: [Tag!]!
  }
  type Posts {
    edges: [Edge!]!
  }
  type Edge {
    node: Post!
  }
  input Entry {
    id: ID!
    body: String!
  }
  type Query {
    posts(ids: [ID!]!): Posts!
  }
  type Mutation {
    editComments(id: ID!, gone: [ID!]!, changed: [Entry!]!, added: [String!]!): Post!
    createPost(title: String!, comments: [String!]!, tags: [String!]!): Post!
  }
`;

const tagsOf = ({ postTags }: { postTags: readonly { tag: object }[] }) =>
  postTags.map(({ tag }) => tag);

/** GraphQL has no BigInt. */
const keyed = { id: ({ id }: { id: unknown }) => String(id) };

const byPrisma = {
  Query: {
    posts: async (_: unknown, { ids }: { ids: readonly string[] }) => {
      const posts = await plain.post.findMany({
        where: { id: { in: ids.map(BigInt) } },
        orderBy: { id: 'asc' },
        include: { author: true, comments: { orderBy: { id: 'asc' } } },
      });
      return { edges: posts.map((node) => ({ node })) };
    },
  },
  Author: keyed,
  Comment: keyed,
  Tag: keyed,
  Post: { ...keyed, tags: tagsOf },
  Mutation: {
    editComments: (_: unknown, { id, gone, changed, added }: Diff & { id: string }) =>
      plain.post.update({
        where: { id: BigInt(id) },
        data: {
          comments: {
            delete: gone.map((comment) => ({ id: BigInt(comment) })),
            update: changed.map(({ id: comment, body }) => ({
              where: { id: BigInt(comment) },
              data: { body, lockVersion: { increment: 1 }, updatedAt: new Date() },
            })),
            create: added.map((body) => ({ body })),
          },
        },
        include: { comments: { orderBy: { id: 'asc' } } },
      }),
    createPost: (_: unknown, { title, comments, tags }: NewPost) =>
      plain.post.create({
        data: {
          title,
          comments: { create: comments.map((body) => ({ body })) },
          postTags: {
            create: tags.map((name) => ({
              tag: { connectOrCreate: { where: { name }, create: { name } } },
            })),
          },
        },
        include: { comments: true, postTags: { include: { tag: true } } },
      }),
  },
};

interface NewPost {
  readonly title: string;
  readonly comments: readonly string[];
  readonly tags: readonly string[];
}

const bySql = {
  ...byPrisma,
  Mutation: {
    ...byPrisma.Mutation,
    editComments: (_: unknown, { id, gone, changed, added }: Diff & { id: string }) =>
      inTransaction(pool, async ({ rows }) => {
        const [post] = await rows<object>('SELECT * FROM posts WHERE id = $1 FOR UPDATE', [id]);
        await rows('DELETE FROM comments WHERE post_id = $1 AND id = ANY($2::bigint[])', [
          id,
          gone,
        ]);
        await rows(
          `UPDATE comments c SET body = v.body, lock_version = c.lock_version + 1,
             updated_at = timezone('utc', now())
             FROM unnest($1::bigint[], $2::text[]) AS v (id, body)
             WHERE c.id = v.id AND c.post_id = $3`,
          [changed.map((entry) => entry.id), changed.map(({ body }) => body), id],
        );
        await rows('INSERT INTO comments (body, post_id) SELECT unnest($1::text[]), $2', [
          added,
          id,
        ]);
        const comments = await rows('SELECT * FROM comments WHERE post_id = $1 ORDER BY id', [id]);
        return { ...post, comments };
      }),
  },
};

const schema = createSchema({ typeDefs, resolvers: way === 'sql' ? bySql : byPrisma });
const yoga = createYoga({ schema, logging: false, graphiql: false, landingPage: false });
const server = createServer((request, response) => void yoga(request, response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address !== 'string') {
    console.log(`http://127.0.0.1:${address.port}/graphql`);
  }
});
