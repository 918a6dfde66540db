import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { makeClient } from '../../src/server/database/client.ts';
import { seed } from '../../src/server/database/seed.ts';
import { databaseUrl } from '../support/database-url.ts';
import { post } from '../support/service.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';
import { blocks } from '../readme/readme.ts';

/*
 * README adds a model, Reaction, step by step. Here its blocks are followed to the letter, in a
 * copy of the project.
 */

const server = inject('postgres').url;
const name = `walkthrough_${process.pid}`;
const steps = blocks('Add a model');
let project: ProjectCopy;
let url: string;

beforeAll(async () => {
  project = await copyProject();
  for (const block of steps) {
    if (block.language !== 'graphql') await project.follow(block);
  }
  await sql(`CREATE DATABASE ${name}`);
  url = await project.start(databaseUrl(server, name));
  const client = makeClient({ url: databaseUrl(server, name) });
  await seed(client);
  await client.$disconnect();
});

afterAll(async () => {
  await project.remove();
  await sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
});

test('the steps touch the schema, a migration, the domain, and the files of the two models', async () => {
  const changed = await project.changed();
  const stamped = changed.map((path) => path.replace(/\d{14}/, 'TIME'));
  expect(stamped).toEqual([
    'prisma/migrations/TIME_add_reactions/migration.sql',
    'prisma/schema.prisma',
    'schema.graphql',
    'src/blog/comment.ts',
    'src/blog/domain.ts',
    'src/blog/reaction.ts',
    'src/graphql/comment.ts',
    'src/graphql/reaction.ts',
  ]);
});

test('what the steps leave has its types right, and its form', async () => {
  await project.run('npm', ['run', 'types']);
  const changed = await project.changed();
  const written = changed.filter((path) => path.endsWith('.ts'));
  const prettier = 'node_modules/prettier/bin/prettier.cjs';
  await project.run('node', [prettier, '--check', ...written]);
});

test('all tests still pass', () => project.run('npm', ['test']));

test('build, cast and put of the new association work, with all that says how', async () => {
  const example = steps.find(({ language }) => language === 'graphql');
  const built = await post<unknown>(url, example?.text ?? '');
  expect(built).toMatchObject({
    data: {
      updateComment: {
        __typename: 'UpdateCommentSuccess',
        comment: {
          reactions: [
            { emoji: '👍', comment: { id: '11' } },
            { emoji: '🎉', comment: { id: '11' } },
          ],
        },
      },
    },
  });
  expect(
    await write('11', {
      cast: { entries: [{ id: 2 }, { emoji: '🧡' }], expectedIds: [1, 2] },
    }),
  ).toEqual(['DELETE 1', 'INSERT 3', 'UNCHANGED 2', '11: 🎉 🧡']);
  expect(
    await write('11', {
      cast: { entries: [], scope: { emoji: { equals: '🎉' } } },
    }),
  ).toEqual(['DELETE 2', '11: 🧡']);
  expect(await write('12', { put: { refs: [{ id: 3 }], onReplace: 'DELETE' } })).toEqual([
    'UPDATE 3',
    '12: 🧡',
  ]);
});

test('the rules of the new model hold, and its records go with their owner', async () => {
  await write('10', { build: [{ emoji: '👍' }] });
  expect(await write('10', { build: [{ emoji: 'two' }] })).toEqual([
    'LENGTH input.reactions.build.0.emoji',
  ]);
  expect(await write('10', { put: { refs: [] } })).toEqual(['REPLACE_NOT_ALLOWED input.reactions']);
  const { data } = await post<unknown>(
    url,
    `mutation { deleteComment(id: 10) { ... on DeleteCommentSuccess {
      changeset { operations { action type reason } } } } }`,
  );
  expect(data).toMatchObject({
    deleteComment: {
      changeset: {
        operations: [
          { action: 'DELETE', type: 'Reaction', reason: 'CASCADED' },
          { action: 'DELETE', type: 'Comment', reason: 'GIVEN' },
        ],
      },
    },
  });
});

type Written = {
  readonly updateComment: {
    readonly issues?: readonly { code: string; path: readonly string[] }[];
    readonly changeset?: {
      readonly operations: readonly { action: string; id: string }[];
    };
    readonly comment?: {
      readonly id: string;
      readonly reactions: readonly { emoji: string }[];
    };
  };
};

/** Writes the reactions of a comment: what was done and what is there then, or what is wrong. */
async function write(id: string, reactions: object): Promise<string[]> {
  const { data } = await post<Written>(
    url,
    `mutation ($id: ID!, $reactions: CommentReactionsInput!) {
      updateComment(id: $id, input: { reactions: $reactions }) {
        ... on InvalidChangeset { issues { code path } }
        ... on UpdateCommentSuccess {
          changeset { operations { action id } }
          comment { id reactions { emoji } }
        }
      }
    }`,
    { id, reactions },
  );
  const { issues = [], changeset, comment } = data.updateComment;
  const operations = changeset?.operations ?? [];
  const there = comment?.reactions.map(({ emoji }) => ` ${emoji}`) ?? [];
  return [
    ...issues.map(({ code, path }) => `${code} ${path.join('.')}`),
    ...operations.map((operation) => `${operation.action} ${operation.id}`),
    ...(comment ? [`${comment.id}:${there.join('')}`] : []),
  ];
}

async function sql(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
