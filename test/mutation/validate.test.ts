import { defineDomain, owned, validateLength, validateRequired } from 'prisma-assoc/changeset';
import { getAssoc } from 'prisma-assoc/changeset';
import { beforeEach, describe, expect, test } from 'vitest';
import { addError, type Changeset } from '../../src/changeset/changeset.ts';
import { valueText } from '../../src/model/value.ts';
import { datamodel } from '../../src/generated/datamodel.ts';
import { useDatabase } from '../support/database.ts';
import { type Asked, issuesOf, runMutation } from '../support/run-mutation.ts';

/* `validate` of a declaration: when it runs, what it is given, and what it may say of associations. */

const database = useDatabase();

/** What the context of a request says of who sent it. */
interface Viewer {
  readonly mayShout: boolean;
}

const domain = defineDomain(datamodel, {
  Author: {
    cast: ['name'],
    associations: { posts: { ...owned(), required: true } },
  },
  Post: {
    cast: ['title', 'body', 'authorId'],
    validate(post, context: Viewer) {
      post = validateRequired(post, ['title']);
      post = validateLength(post, 'comments', { min: 1, max: 3 });
      post = validateLength(post, 'tags', { max: 1, message: 'has too many tags' });
      const comments = post.assocs['comments'] ? getAssoc(post, 'comments') : [];
      const isLoud = comments.some(({ fields }) => valueText(fields['body'] ?? null).endsWith('!'));
      return isLoud && !context.mayShout ? addError(post, 'title', 'is too loud') : post;
    },
    associations: {
      comments: owned(),
      author: { put: {} },
    },
    manyToMany: {
      tags: {
        joinThrough: ['postTags', 'tag'],
        onDelete: 'deleteAll',
        cast: { allowed: ['markAsInvalid', 'delete'], default: 'delete' },
        put: { by: ['name'], create: true },
        build: {},
      },
    },
  },
  Comment: { cast: ['body'], validate: (comment) => validateRequired(comment, ['body']) },
  Tag: { cast: ['name'], validate: (tag) => validateRequired(tag, ['name']) },
});

const run = (asked: Asked, context: Viewer = { mayShout: true }) =>
  runMutation({ client: database.client, domain, context }, asked);

const issues = async (asked: Asked, context?: Viewer) => issuesOf(await run(asked, context));

beforeEach(() =>
  database.sql(
    `INSERT INTO posts (id, title) VALUES (7, 'A');
     INSERT INTO comments (id, body, post_id) VALUES (10, 'a', 7), (11, 'b', 7);
     INSERT INTO tags (id, name) VALUES (1, 'ecto'), (2, 'elixir');
     SELECT setval('posts_id_seq', 100), setval('comments_id_seq', 100), setval('tags_id_seq', 100)`,
  ),
);

const post = (input: Asked['input'] = {}): Asked => ({
  kind: 'update',
  model: 'Post',
  id: '7',
  input,
});

test('validate sees the associations that are sent, and the context', async () => {
  const loud = post({ comments: { build: [{ body: 'Hear!' }] } });
  expect(await issues(loud, { mayShout: false })).toEqual(['INVALID title']);
  expect(await issues(loud, { mayShout: true })).toEqual(['success']);
});

test('validate of a nested record gets the context too', async () => {
  const posts = [{ title: 'T', comments: { build: [{ body: 'Hear!' }] } }];
  const asked: Asked = {
    kind: 'create',
    model: 'Author',
    input: { name: 'Ann', posts: { build: posts } },
  };
  expect(await issues(asked, { mayShout: false })).toEqual(['INVALID posts.build.0.title']);
});

test('issues come field by field, then association by association as they are sent', async () => {
  const tags = { put: { refs: [{ name: 'ecto' }, { id: '99' }] } };
  const comments = { cast: { entries: [{ id: '10', body: ' ' }, {}, { id: '99' }, { body: '' }] } };
  const author = { put: { ref: { id: '99' } } };
  const sent = { title: '', tags, comments, author };
  expect(await issues(post(sent))).toEqual([
    'REQUIRED title',
    'LENGTH tags',
    'UNKNOWN_REF tags.put.refs.1',
    'LENGTH comments',
    'REQUIRED comments.cast.entries.0.body',
    'REQUIRED comments.cast.entries.1.body',
    'NOT_IN_ASSOCIATION comments.cast.entries.2.id',
    'REQUIRED comments.cast.entries.3.body',
    'UNKNOWN_REF author.put.ref',
  ]);
});

const three = [{ id: '10' }, { id: '11' }, { body: 'c' }];

describe('validateLength of an association', () => {
  test.each([
    ['what a cast leaves', post({ comments: { cast: { entries: [] } } }), ['LENGTH comments']],
    ['no more than that', post({ comments: { cast: { entries: three } } }), ['success']],
    [
      'no entry that is removed',
      post({
        comments: {
          cast: {
            entries: [
              { id: '10', delete: true },
              { id: '11', delete: true },
            ],
          },
        },
      }),
      ['LENGTH comments'],
    ],
    [
      'an entry that is refused',
      post({ comments: { cast: { entries: [...three, { id: '99' }] } } }),
      ['LENGTH comments', 'NOT_IN_ASSOCIATION comments.cast.entries.3.id'],
    ],
    [
      'records that it refuses to lose',
      post({ comments: { cast: { entries: [], onReplace: 'markAsInvalid' } } }),
      ['REPLACE_NOT_ALLOWED comments'],
    ],
    [
      'what a put leaves, references that are refused included',
      post({ tags: { put: { refs: [{ id: '1' }, { id: '1' }] } } }),
      ['LENGTH tags', 'DUPLICATE_ENTRY tags.put.refs.1'],
    ],
    [
      'what a new record starts with',
      { kind: 'create', model: 'Post', input: { title: 'T', comments: { build: [] } } } as Asked,
      ['success'],
    ],
    [
      'what is built for a new record',
      {
        kind: 'create',
        model: 'Post',
        input: { title: 'T', tags: { build: [{ name: 'x' }, { name: 'y' }] } },
      } as Asked,
      ['LENGTH tags'],
    ],
  ])('counts %s', async (_what, asked, expected) => {
    expect(await issues(asked)).toEqual(expected);
  });

  test.each([
    ['an association that is not sent', post({ title: 'B' })],
    [
      'a build, beside what is there',
      post({ comments: { build: [{ body: 'c' }, { body: 'd' }] } }),
    ],
    [
      'a part of the association, which a scope names',
      post({ comments: { cast: { scope: { body: 'a' }, entries: [] } } }),
    ],
  ])('says nothing of %s', async (_what, asked) => {
    expect(await issues(asked)).toEqual(['success']);
  });

  test('has the message of the validation, and the bound', async () => {
    const result = await run(post({ comments: { cast: { entries: [] } } }));
    expect(result).toMatchObject({
      issues: [
        {
          message: 'should have at least %{count} item(s)',
          params: { count: 1, kind: 'min', type: 'list', validation: 'length' },
        },
      ],
    });
  });
});

describe('an association that is required', () => {
  const author = (input: Asked['input']): Asked => ({
    kind: 'create',
    model: 'Author',
    input: { name: 'Ann', ...input },
  });

  test.each([
    ['left out of a new record', author({}), ['REQUIRED posts']],
    ['empty in a new record', author({ posts: { build: [] } }), ['REQUIRED posts']],
    ['built', author({ posts: { build: [{ title: 'T' }] } }), ['success']],
    ['cast as empty', author({ posts: { cast: { entries: [] } } }), ['REQUIRED posts']],
    [
      'put with what is refused',
      author({ posts: { put: { refs: [{ id: '99' }] } } }),
      ['UNKNOWN_REF posts.put.refs.0'],
    ],
  ])('%s', async (_what, asked, expected) => {
    expect(await issues(asked)).toEqual(expected);
  });

  test('is not asked of a stored record unless it is sent', async () => {
    await database.sql(`INSERT INTO authors (id, name) VALUES (1, 'Ann')`);
    const update = (input: Asked['input']): Asked => ({
      kind: 'update',
      model: 'Author',
      id: '1',
      ...(input && { input }),
    });
    expect(await issues(update({ name: 'Bob' }))).toEqual(['success']);
    expect(await issues(update({ posts: { cast: { entries: [] } } }))).toEqual(['REQUIRED posts']);
    const scoped = { cast: { scope: { title: 'x' }, entries: [] } };
    expect(await issues(update({ posts: scoped }))).toEqual(['success']);
  });
});

test('a parent whose key no client casts is needed as an association', async () => {
  const own = defineDomain(datamodel, {
    Post: {},
    Comment: { cast: ['body'], associations: { post: { put: {} } } },
  });
  const create = (input: Asked['input']) =>
    runMutation(
      { client: database.client, domain: own },
      { kind: 'create', model: 'Comment', ...(input && { input }) },
    );
  expect(issuesOf(await create({ body: 'x' }))).toEqual(['REQUIRED post']);
  expect(issuesOf(await create({ body: 'x', post: { put: { ref: { id: '7' } } } }))).toEqual([
    'success',
  ]);
});

test('each record of a create is validated once, however deep it is cast', async () => {
  const validated: string[] = [];
  const validate = (changeset: Changeset) => {
    validated.push(changeset.data.model.name);
    return changeset;
  };
  const own = defineDomain(datamodel, {
    Author: { cast: ['name'], validate, associations: { posts: owned() } },
    Post: { cast: ['title'], validate, associations: { comments: owned() } },
    Comment: { cast: ['body'], validate },
  });
  const comments = { cast: { entries: [{ body: 'a' }, { body: 'b' }] } };
  const input = { name: 'Ann', posts: { cast: { entries: [{ title: 'T', comments }] } } };
  const asked = { kind: 'create', model: 'Author', input } as const;
  const result = await runMutation({ client: database.client, domain: own }, asked);
  expect(result.kind).toBe('success');
  expect(validated.toSorted()).toEqual(['Author', 'Comment', 'Comment', 'Post']);
});
