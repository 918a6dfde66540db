import { beforeAll, describe, expect, test } from 'vitest';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { readTables } from '../support/rows.ts';
import { useService } from '../support/service.ts';
import { type Variables, writeDocument } from '../support/write.ts';

/*
 * What the types of the schema refuse is a request error of GraphQL's own: no member of the result,
 * and no SQL.
 */

const database = useDatabase('once');
const service = useService(database);
beforeAll(() => writeBlog(database));

const on1 = (input: object) => ({ id: '1', input });
const scoped = (scope: object) => ({ cast: { entries: [], scope } });

type Refused = readonly [name: string, mutation: string, variables: Variables, message: RegExp];

test.each<Refused>([
  [
    'a post without a title',
    'createPost',
    { input: { body: 'b' } },
    /"title" of required type "String!" was not provided/,
  ],
  [
    'a post with title null',
    'createPost',
    { input: { title: null } },
    /at "input.title"; Expected non-nullable type "String!" not to be null/,
  ],
  [
    'a built comment without a body',
    'buildPostComment',
    { postId: '1', input: {} },
    /"body" of required type/,
  ],
  [
    'a comment without a body',
    'createComment',
    { input: { postId: '1' } },
    /"body" of required type/,
  ],
  ['no id', 'updatePost', { input: {} }, /"\$id" of required type "ID!" was not provided/],
  [
    'two tools at once',
    'updatePost',
    on1({ comments: { build: [], cast: { entries: [] } } }),
    /Exactly one key must be specified for OneOf type "PostCommentsInput"/,
  ],
  [
    'no tool',
    'updatePost',
    on1({ comments: {} }),
    /Exactly one key must be specified for OneOf type "PostCommentsInput"/,
  ],
  [
    'a tool that is null',
    'updatePost',
    on1({ comments: { cast: null } }),
    /Field "cast" must be non-null/,
  ],
  [
    'two tools of a to-one',
    'updatePost',
    on1({ author: { cast: {}, put: {} } }),
    /Exactly one key must be specified for OneOf type "PostAuthorInput"/,
  ],
  [
    'a reference by nothing',
    'updatePost',
    on1({ comments: { put: { refs: [{}] } } }),
    /Exactly one key must be specified for OneOf type "CommentRef"/,
  ],
  [
    'a reference by null',
    'updatePost',
    on1({ comments: { put: { refs: [{ id: null }] } } }),
    /Field "id" must be non-null/,
  ],
  [
    'an entry that is null',
    'updatePost',
    on1({ comments: { cast: { entries: [null] } } }),
    /Expected non-nullable type "CastComment!" not to be null/,
  ],
  [
    'entries that are null',
    'updatePost',
    on1({ comments: { cast: { entries: null } } }),
    /Expected non-nullable type "\[CastComment!\]!" not to be null/,
  ],
  [
    'a list of what may not be null with a null',
    'updatePost',
    on1({ comments: { build: [null] } }),
    /Expected non-nullable type "BuildComment!"/,
  ],
  [
    'delete that is null',
    'updatePost',
    on1({ comments: { cast: { entries: [{ id: '11', delete: null }] } } }),
    /Expected non-nullable type "Boolean!" not to be null/,
  ],
  [
    'an onReplace that is none',
    'updatePost',
    on1({ comments: { cast: { entries: [], onReplace: 'NILIFY' } } }),
    /Value "NILIFY" does not exist in "PostCommentsOnReplace" enum/,
  ],
  [
    'a field that is none',
    'updatePost',
    on1({ comments: { put: { refs: [{ id: '11', body: 'x' }] } } }),
    /Field "body" is not defined by type "CommentRef"/,
  ],
  [
    'an onReplace that is null',
    'updatePost',
    on1({ comments: { cast: { entries: [], onReplace: null } } }),
    /Expected non-nullable type "PostCommentsOnReplace!" not to be null/,
  ],
  [
    'a dryRun that is null',
    'updatePost',
    { ...on1({}), options: { dryRun: null } },
    /Expected non-nullable type "Boolean!" not to be null/,
  ],
  [
    'a number for a text',
    'updatePost',
    on1({ title: 5 }),
    /String cannot represent a non string value: 5/,
  ],
  [
    'a lockVersion that is no Int',
    'updatePost',
    on1({ lockVersion: '1' }),
    /Int cannot represent non-integer value/,
  ],
  [
    'a lockVersion too large',
    'updatePost',
    on1({ lockVersion: 2 ** 31 }),
    /Int cannot represent non 32-bit signed integer value/,
  ],
])('%s is a request error', async (_name, mutation, variables, message) => {
  const before = await readTables(database);
  const statements = await database.statementsOf(async () => {
    const { data, errors } = await service.sendText(writeDocument(mutation), variables);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toMatch(message);
  });
  expect(statements).toEqual([]);
  expect(await readTables(database)).toEqual(before);
});

test.each([
  ['two tools', '{ build: [], cast: { entries: [] } }'],
  ['no tool', '{}'],
])('%s written in the document fail validation', async (_name, comments) => {
  const { data, errors } = await service.sendText(
    `mutation { updatePost(id: 1, input: { comments: ${comments} }) { __typename } }`,
  );
  expect(data).toBeUndefined();
  expect(errors).toMatchObject([
    {
      message: 'OneOf Input Object "PostCommentsInput" must specify exactly one key.',
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    },
  ]);
});

test.each<[string, string, Variables, string]>([
  [
    'of a cast',
    'updatePost',
    on1({ comments: scoped({ id: { equals: 'x' } }) }),
    'input.comments.cast.scope.id.equals',
  ],
  [
    'of a put',
    'updatePost',
    on1({
      comments: {
        put: { refs: [], scope: { AND: [{ postId: { in: ['1', 'x'] } }] } },
      },
    }),
    'input.comments.put.scope.AND.0.postId.in.1',
  ],
  [
    'of a new post',
    'createPost',
    {
      input: { title: 't', comments: scoped({ body: { equals: 'a\u0000' } }) },
    },
    'input.comments.cast.scope.body.equals',
  ],
  [
    'below the root',
    'createAuthor',
    {
      input: {
        name: 'n',
        posts: {
          build: [{ title: 't' }, { title: 'u', comments: scoped({ id: { gt: '1.5' } }) }],
        },
      },
    },
    'input.posts.build.1.comments.cast.scope.id.gt',
  ],
])(
  'a scope %s with a value that its column cannot hold is a request error',
  async (_name, mutation, variables, path) => {
    const statements = await database.statementsOf(async () => {
      const { data, errors } = await service.sendText(writeDocument(mutation), variables);
      expect(data).toEqual({ result: null });
      expect(errors).toMatchObject([
        {
          message: expect.stringContaining(`${path} is no value of `),
          extensions: { code: 'BAD_USER_INPUT', argumentPath: path.split('.') },
        },
      ]);
    });
    expect(statements).toEqual([]);
  },
);

describe('a scope decides what is deleted:', () => {
  const body = 'input.comments.cast.scope.body';

  test.each<[string, unknown, string]>([
    ['{}', {}, 'scope'],
    ['null', null, 'scope'],
    ['an empty filter', { body: {} }, 'scope.body'],
    ['an empty filter beside another', { id: { gt: '1' }, body: {} }, 'scope.body'],
    ['a mode alone', { body: { mode: 'Insensitive' } }, 'scope.body'],
    ['an empty AND', { AND: [] }, 'scope.AND'],
    ['an empty OR', { id: { gt: '1' }, OR: [] }, 'scope.OR'],
    ['an empty NOT', { NOT: [] }, 'scope.NOT'],
    ['{} in AND', { AND: [{ id: { gt: '1' } }, {}] }, 'scope.AND.1'],
    ['{} deep inside', { NOT: [{ OR: [{ AND: [{ id: {} }] }] }] }, 'scope.NOT.0.OR.0.AND.0.id'],
    ['null deep inside', { NOT: [{ body: { not: null } }] }, 'scope.NOT.0.body.not'],
    ['a condition on an association', { post: { is: { id: { equals: '7' } } } }, 'scope.post'],
    ['one deep inside', { OR: [{ post: { isNot: {} } }] }, 'scope.OR.0.post'],
  ])('%s is a request error', async (_name, scope, path) => {
    await expectRefused(
      writeDocument('updatePost'),
      on1({ comments: { cast: { entries: [], scope } } }),
      {
        path: `input.comments.cast.${path}`,
      },
    );
  });

  test.each([
    ['put', { comments: { put: { refs: [], onReplace: 'DELETE', scope: {} } } }, 'comments.put'],
    ['many_to_many', { tags: { cast: { entries: [], scope: null } } }, 'tags.cast'],
  ])('of a %s too', async (_name, input, path) => {
    await expectRefused(writeDocument('updatePost'), on1(input), { path: `input.${path}.scope` });
  });

  test.each([
    [
      'a value of it',
      'mutation ($v: String) { updatePost(id: 7, input: { comments: { cast: { scope: { body: { contains: $v } }, entries: [] } } }) { __typename } }',
      body,
    ],
    [
      'a filter of it',
      'mutation ($v: StringFilter) { updatePost(id: 7, input: { comments: { cast: { scope: { body: $v }, entries: [] } } }) { __typename } }',
      'input.comments.cast.scope',
    ],
    [
      'the whole',
      'mutation ($v: CommentWhere) { updatePost(id: 7, input: { comments: { cast: { scope: $v, entries: [] } } }) { __typename } }',
      'input.comments.cast.scope',
    ],
    [
      'the whole of one below',
      'mutation ($v: CommentWhere) { updateAuthor(id: 1, input: { posts: { cast: { entries: [{ id: 7, comments: { put: { refs: [], scope: $v } } }] } } }) { __typename } }',
      'input.posts.cast.entries.0.comments.put.scope',
    ],
    [
      'the whole of one on a new record',
      'mutation ($v: CommentWhere) { createPost(input: { title: "t", comments: { cast: { scope: $v, entries: [] } } }) { __typename } }',
      'input.comments.cast.scope',
    ],
  ])('%s given as a variable that was not sent is a request error', async (_name, text, path) => {
    await expectRefused(text, {}, { path });
  });

  test('a variable with a default was sent', async () => {
    const { errors } = await service.sendText(
      'mutation ($v: CommentWhere = { id: { equals: 1 } }) { updatePost(id: 7, input: { comments: { cast: { scope: $v, entries: [] } } }) { __typename } }',
    );
    expect(errors).toBeUndefined();
  });

  async function expectRefused(
    text: string,
    variables: Record<string, unknown>,
    { path }: { path: string },
  ): Promise<void> {
    const statements = await database.statementsOf(async () => {
      const { errors } = await service.sendText(text, variables);
      expect(errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', argumentPath: path.split('.') } },
      ]);
    });
    expect(statements).toEqual([]);
  }
});

test('a text of few characters and too many bytes to be indexed is a request error', async () => {
  const marked = (i: number) =>
    `a${Array.from({ length: 40 }, (_, j) => String.fromCodePoint(0x300 + ((i * 131 + j * j * 17 + i * j) % 112))).join('')}`;
  const name = Array.from({ length: 255 }, (_, i) => marked(i)).join('');
  const before = await readTables(database);
  const { data, errors } = await service.sendText(
    writeDocument('updatePost'),
    on1({ tags: { build: [{ name }] } }),
  );
  expect(data).toEqual({ result: null });
  expect(errors).toMatchObject([
    {
      message: 'A text takes more bytes than the database can index: shorten it.',
      extensions: { code: 'BAD_USER_INPUT' },
    },
  ]);
  expect(await readTables(database)).toEqual(before);
});
