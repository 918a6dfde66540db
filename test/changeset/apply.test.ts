import { expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { applyChanges, getAssoc } from '../../src/changeset/apply-changes.ts';
import { putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { type Changeset, change, putAction } from '../../src/changeset/changeset.ts';
import { buildStruct, type Struct } from '../../src/model/struct.ts';
import { stored, storedComment } from '../support/blog-changesets.ts';

const ann = stored('Author', { id: 1n, name: 'Ann' });
const bob = stored('Author', { id: 2n, name: 'Bob' });
const c10 = storedComment(10n, 7n, 'ten');
const c11 = storedComment(11n, 7n, 'eleven');
const post = stored(
  'Post',
  { id: 7n, title: 'A', authorId: 1n },
  { author: ann, comments: [c10, c11] },
);
const newComment = buildStruct(blog.model('Comment'), { body: 'new' });
const put = (association: string, value: unknown) =>
  putAssoc(change(post), association, value, {
    onReplace: association === 'author' ? 'nilify' : 'delete',
  });
const bodies = (records: readonly Struct[]) => records.map(({ fields }) => fields['body']);

test.each<[string, Changeset, object]>([
  ['fields', change(post, { title: 'B' }), { fields: { id: 7n, title: 'B', authorId: 1n } }],
  ['nothing', change(post), post],
  [
    'another parent, and its key',
    put('author', bob),
    { fields: { authorId: 2n }, assocs: { author: bob } },
  ],
  [
    'a changed parent',
    put('author', change(ann, { name: 'Anna' })),
    {
      fields: { authorId: 1n },
      assocs: { author: { fields: { name: 'Anna' } } },
    },
  ],
  ['no parent', put('author', null), { fields: { authorId: null }, assocs: { author: null } }],
  [
    'a parent without a key yet',
    put('author', buildStruct(blog.model('Author'), { name: 'C' })),
    {
      fields: { authorId: null },
      assocs: { author: { fields: { name: 'C' } } },
    },
  ],
])('applyChanges gives the record with %s', (_name, changeset, expected) => {
  expect(applyChanges(changeset)).toMatchObject(expected);
  expect(applyChanges(changeset).state).toBe('loaded');
});

test('applyChanges and getAssoc leave out what is deleted and replaced, at every level', () => {
  const changeset = put('comments', [putAction(change(c10), 'delete'), newComment]);
  expect(bodies(getAssoc(changeset, 'comments'))).toEqual(['new']);
  expect(applyChanges(changeset).assocs['comments']).toEqual([newComment]);
  const author = stored('Author', { id: 1n }, { posts: [post] });
  const whole = applyChanges(putAssoc(change(author), 'posts', [changeset]));
  expect(whole.assocs['posts']).toEqual([applyChanges(changeset)]);
});

test('getAssoc gives what is changed, else what is loaded; a new record has none', () => {
  expect(bodies(getAssoc(change(post), 'comments'))).toEqual(['ten', 'eleven']);
  expect(bodies(getAssoc(put('comments', [change(c11, { body: 'x' }), c10]), 'comments'))).toEqual([
    'x',
    'ten',
  ]);
  expect(getAssoc(change(post), 'author')).toEqual([ann]);
  expect(getAssoc(change(newComment), 'post')).toEqual([]);
});

test.each<[string, () => unknown, string]>([
  [
    'an association that is not loaded',
    () => getAssoc(change(c10), 'post'),
    'cannot get "post" of Comment: it is not loaded. Preload it before reading it.',
  ],
  [
    'an association that is none',
    () => getAssoc(change(post), 'x'),
    'cannot get "x" of Post: there is no such association.',
  ],
])('getAssoc of %s is a misuse', (_name, misuse, message) => {
  expect(misuse).toThrow(message);
});
