import {
  buildStruct,
  change,
  type Declaration,
  defineDomain,
  listErrors,
  owned,
  type Params,
  reference,
} from 'prisma-assoc/changeset';
import { validated } from '../../src/domain/aggregate.ts';
import { describe, expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { datamodel } from '../../src/generated/datamodel.ts';
import { blogDatamodel } from '../support/blog-datamodel.ts';

/** A domain in which one association of the blog is declared in this way, by who has no types. */
function declare(place: string, declaration: object, part = 'associations') {
  const [model = '', name = ''] = place.split('.');
  const others = { Author: {}, Post: {}, Comment: {}, Tag: {}, Permalink: {} };
  const declared = { ...others, [model]: { [part]: { [name]: declaration } } };
  return () => defineDomain(blogDatamodel, declared as { [name: string]: Declaration });
}

const joinThrough = ['postTags', 'tag'] as const;

const mistakes: readonly (readonly [string, () => unknown, string])[] = [
  [
    'a model that is not there',
    () => defineDomain(blogDatamodel, { Nope: {} }),
    'there is no model "Nope". There are: Author, Post, Comment, Tag, PostTag, Permalink, IdempotencyKey.',
  ],
  [
    'a version that is no field',
    () => defineDomain(blogDatamodel, { Tag: { version: 'nope' } }),
    'Tag has no field "nope". It has: id, name.',
  ],
  [
    'a cast of what is no field',
    () => defineDomain(blogDatamodel, { Tag: { cast: ['nope'] } }),
    'cannot declare Tag: Tag has no field "nope". It has: id, name.',
  ],
  [
    'an association that is not there',
    declare('Comment.nope', { put: {} }),
    'Comment has no association "nope". It has: post.',
  ],
  [
    'an association to a model that is not declared',
    () => defineDomain(blogDatamodel, { Comment: { associations: { post: reference() } } }),
    'cannot declare Comment.post: the domain does not declare Post. Declare it beside its owner.',
  ],
  [
    'a tool that the kind does not have',
    declare('Comment.post', { build: {} }),
    'cannot declare Comment.post: a belongsTo has no build. Its tools: cast and put.',
  ],
  [
    'a join model whose rows lead nowhere',
    declare('Post.tags', { joinThrough: ['postTags', 'nope'] }, 'manyToMany'),
    'Post.tags cannot join through "postTags" and "nope": name a has_many of Post, then a belongs_to of what it holds.',
  ],
  [
    'associations to follow that are not there',
    declare('Author.readers', ['posts', 'readers'], 'through'),
    'Author.readers goes through "readers", which Post does not have. It has: author, comments, postTags, permalink.',
  ],
  [
    'an onReplace that the kind does not have',
    declare('Post.comments', { cast: { allowed: ['update'], default: 'update' } }),
    'Post.comments (hasMany) does not allow onReplace "update": it allows raise, markAsInvalid, nilify, delete, deleteIfExists.',
  ],
  [
    'nilify of a key that takes no null',
    declare('Post.comments', { cast: { allowed: ['nilify'], default: 'nilify' } }),
    'cannot declare Post.comments: onReplace "nilify" cannot hold, Comment.postId takes no null. Leave it out, or let the column take null.',
  ],
  [
    'update by a put',
    declare('Post.permalink', { put: { allowed: ['update'], default: 'update' } }),
    'cannot declare Post.permalink: put names records, and onReplace "update" would change one. Leave it to cast.',
  ],
  [
    'a default that is not allowed',
    declare('Post.permalink', { cast: { default: 'delete' } }),
    'cannot declare Post.permalink: its default onReplace of cast, "delete", is not among those allowed: markAsInvalid.',
  ],
  [
    'an entry with what is no field',
    declare('Post.comments', { build: { fields: ['nope'] } }),
    'cannot declare Post.comments.build: Comment has no field "nope". It has: id, body, postId, lockVersion, insertedAt, updatedAt.',
  ],
  [
    'an entry with an association that is not written',
    declare('Post.comments', { build: { nested: ['post'] } }),
    'cannot declare Post.comments: Comment declares no tools of "post". It has: none.',
  ],
  [
    'a reference by a field that is not unique',
    declare('Post.tags', { joinThrough, put: { by: ['nope'] } }, 'manyToMany'),
    'cannot declare Post.tags: put.by names "nope", which is no unique field of Tag. Unique are: id, name.',
  ],
];

describe('defineDomain', () => {
  test.each(mistakes)('refuses %s, with the way out', (_mistake, call, message) => {
    expect(call).toThrow(new Error(message));
  });

  test('links each association to the aggregate at its other end', () => {
    const comments = blog.aggregate('Post').associations.get('comments');
    expect(comments?.related).toBe(blog.aggregate('Comment'));
    expect(comments?.association).toBe(blog.model('Post').associations.get('comments'));
  });

  test('lets an entry cast what its model casts, without the key to its owner', () => {
    const comments = blog.aggregate('Post').associations.get('comments');
    expect(blog.aggregate('Comment').fields).toEqual(['body', 'postId']);
    expect(comments?.cast?.fields).toEqual(['body']);
    expect(comments?.build?.fields).toEqual(['body']);
  });

  test('lets an entry carry what its model writes, without the way back to its owner', () => {
    const namesOf = (model: 'Author' | 'Post' | 'Tag', name: string) =>
      blog
        .aggregate(model)
        .associations.get(name)
        ?.cast?.nested.map(({ association }) => association.name);
    expect(namesOf('Author', 'posts')).toEqual(['comments', 'tags', 'permalink']);
    expect(namesOf('Post', 'author')).toEqual([]);
    expect(namesOf('Post', 'comments')).not.toContain('post');
    expect(namesOf('Post', 'tags')).toEqual([]);
  });

  test('takes what changes no other record for the usual onReplace', () => {
    const domain = defineDomain(datamodel, {
      Post: {
        associations: {
          comments: { cast: {} },
          author: reference(),
        },
        manyToMany: { tags: { joinThrough, ...reference({ by: ['name'] }) } },
      },
      Author: { associations: { posts: owned() } },
      Comment: {},
      Tag: {},
    });
    const { associations } = domain.aggregate('Post');
    expect(associations.get('comments')?.cast?.default).toBe('markAsInvalid');
    expect(associations.get('author')?.put?.default).toBe('nilify');
    expect(associations.get('tags')?.put?.default).toBe('delete');
  });
});

test('a changeset of a domain lacks what a request would, but for a parent that is not sent', () => {
  const domain = defineDomain(blogDatamodel, {
    Post: { cast: ['title'], associations: { comments: { cast: {}, required: true } } },
    Comment: { cast: ['body', 'postId'] },
  });
  const errorsOf = (form: Params) => {
    const changeset = domain.changeset('Post')(buildStruct(domain.model('Post')), form);
    return listErrors(changeset).map(({ path, code }) => [...path, code].join(' '));
  };
  expect(errorsOf({})).toEqual(['title REQUIRED', 'comments REQUIRED']);
  expect(errorsOf({ title: 'A', comments: [{}, { body: 'b' }] })).toEqual([
    'comments 0 body REQUIRED',
  ]);
});

test('a changeset of a record of which a page holds a part lacks only what it clears', () => {
  const domain = defineDomain(blogDatamodel, { Comment: { cast: ['body', 'postId'] } });
  const part = domain.record('Comment', { id: '1', body: 'x' });
  expect(domain.changeset('Comment')(part, {}).valid).toBe(true);
  expect(domain.changeset('Comment')(part, { body: null }).valid).toBe(false);
});

test('a text that its column cannot hold is an issue at its field', () => {
  const id = { type: 'Int', generated: 'sequence' } as const;
  const name = { type: 'String', native: 'VarChar', maxLength: 2 };
  const Tag = { table: 'tags', key: ['id'], uniques: [], fields: { id, name }, associations: {} };
  const tag = defineDomain({ enums: {}, models: { Tag } }, { Tag: {} }).aggregate('Tag');
  const named = (text: string) =>
    validated(tag, change(buildStruct(tag.model), { name: text }), {});
  expect(named('é👍').errors).toEqual([]);
  expect(named('abc').errors).toMatchObject([
    { field: 'name', code: 'LENGTH', params: { count: 2 } },
  ]);
});

test.each([
  ['999.994', '999.99'],
  ['-0.005', '-0.01'],
  ['0.004', '0.00'],
  ['7', '7.00'],
  ['999.995', null],
  ['1000', null],
  ['1e131000', null],
])('the decimal %s is in a numeric(5, 2) %s, or refused at its field', (sent, stored) => {
  const id = { type: 'Int', generated: 'sequence' } as const;
  const price = { type: 'Decimal', native: 'Decimal', scale: 2, wholeDigits: 3 };
  const Line = {
    table: 'lines',
    key: ['id'],
    uniques: [],
    fields: { id, price },
    associations: {},
  };
  const domain = defineDomain({ enums: {}, models: { Line } }, { Line: { cast: ['price'] } });
  const { changes, errors } = domain.changeset('Line')(buildStruct(domain.model('Line')), {
    price: sent,
  });
  expect([changes['price'], errors.map(({ field }) => field)]).toEqual(
    stored === null ? [undefined, ['price']] : [stored, []],
  );
});

test.each([
  [32_767, true],
  [-32_768, true],
  [32_768, false],
])('a smallint takes %d: %s', (sent, isTaken) => {
  const id = { type: 'Int', generated: 'sequence' } as const;
  const size = { type: 'Int', native: 'SmallInt' };
  const Box = { table: 'boxes', key: ['id'], uniques: [], fields: { id, size }, associations: {} };
  const domain = defineDomain({ enums: {}, models: { Box } }, { Box: { cast: ['size'] } });
  expect(domain.changeset('Box')(buildStruct(domain.model('Box')), { size: sent }).valid).toBe(
    isTaken,
  );
});

test('a model says how many bytes its texts hold at most', () => {
  const tag = defineDomain(blogDatamodel, { Tag: { maxTextBytes: 3 } }).aggregate('Tag');
  const named = (name: string) => validated(tag, change(buildStruct(tag.model), { name }), {});
  expect(named('éx').errors).toEqual([]);
  expect(named('éxx').errors).toMatchObject([{ field: 'name', code: 'LENGTH' }]);
});
