import { describe, expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { addError, type Changeset, change } from '../../src/changeset/changeset.ts';
import type { Issue } from '../../src/changeset/issue.ts';
import {
  addErrorAt,
  listErrors,
  messageOf,
  traverseErrors,
} from '../../src/changeset/traverse-errors.ts';
import type { Value } from '../../src/model/value.ts';
import { castComment, stored, storedComment } from '../support/blog-changesets.ts';

const ann = stored('Author', { id: 1n, name: 'Ann' });
const c10 = storedComment(10n, 7n, 'ten');
const c11 = storedComment(11n, 7n, 'eleven');
const post = stored(
  'Post',
  { id: 7n, title: 'A', authorId: 1n },
  { author: ann, comments: [c10, c11] },
);

/** A post with these comments cast, as the service casts them. */
function withComments(comments: readonly object[], start: Changeset = change(post)): Changeset {
  return castAssoc(cast(start, { comments }, []), 'comments', {
    with: castComment,
    onReplace: 'markAsInvalid',
    onUnknown: 'issue',
    keepUnchanged: true,
    itemAt: (index) => ['comments', 'cast', 'entries', index],
  });
}

const issueOf = (field: string, more: Partial<Issue> = {}): Issue => ({
  field,
  message: 'is odd',
  params: {},
  code: 'INVALID',
  ...more,
});

describe('messageOf', () => {
  test.each<[string, { readonly [name: string]: Value }, string]>([
    ['is invalid', {}, 'is invalid'],
    ['at most %{count}', { count: 255 }, 'at most 255'],
    ['%{a} and %{a} and %{b}', { a: 1n, b: 'x' }, '1 and 1 and x'],
    ['would lose %{ids}', { ids: ['1', '2'] }, 'would lose 1, 2'],
    ['leaves %{unknown} alone', { known: 1 }, 'leaves %{unknown} alone'],
    ['leaves %{nothing} alone', { nothing: null }, 'leaves %{nothing} alone'],
    ['takes %{a} as it comes', { a: '%{b}', b: 'x' }, 'takes %{b} as it comes'],
    ['100% of %{a', { a: 1 }, '100% of %{a'],
  ])('"%s" with %o', (message, params, expected) => {
    expect(messageOf({ message, params })).toBe(expected);
  });
});

describe('the errors of a changeset', () => {
  const wrong = withComments(
    [{ id: '11', body: '' }, { body: 'fine' }, { id: '99', body: 'x' }],
    putAssoc(
      addError(addError(change(post), 'title', 'is odd'), 'title', 'should be %{count}', {
        params: { count: 3 },
      }),
      'author',
      addError(change(ann), 'name', 'is odd'),
    ),
  );

  test('come as a tree: messages of fields, trees of records', () => {
    expect(traverseErrors(wrong)).toEqual({
      title: ['should be 3', 'is odd'],
      author: { name: ['is odd'] },
      comments: [
        'is invalid',
        { body: ["can't be blank"] },
        {},
        { id: ['is not in this association'] },
      ],
    });
  });

  test('come in words of one’s own', () => {
    const codes = traverseErrors(wrong, ({ code }) => code);
    expect(codes).toMatchObject({
      title: ['INVALID', 'INVALID'],
      author: { name: ['INVALID'] },
    });
  });

  test('come as a list, each with its way from the root', () => {
    const located = listErrors(wrong, ['input']).map(
      ({ code, path }) => `${code} ${path.join('.')}`,
    );
    expect(located).toEqual([
      'INVALID input.title',
      'INVALID input.title',
      'REPLACE_NOT_ALLOWED input.comments',
      'REQUIRED input.comments.cast.entries.0.body',
      'NOT_IN_ASSOCIATION input.comments.cast.entries.2.id',
      'INVALID input.author.name',
    ]);
  });

  test('are none where there are none', () => {
    const fine = withComments([{ id: '10' }, { id: '11' }]);
    expect(traverseErrors(fine)).toEqual({});
    expect(listErrors(fine)).toEqual([]);
  });
});

describe('addErrorAt', () => {
  const start = withComments([{ id: '10' }, { id: '11' }]);

  test.each<[string, readonly (string | number)[], Issue, string]>([
    ['the root', [], issueOf('title'), 'title'],
    ['the root, elsewhere', [], issueOf('title', { at: ['a', 1] }), 'a.1'],
    [
      'an entry',
      ['comments', 'cast', 'entries', 1],
      issueOf('body'),
      'comments.cast.entries.1.body',
    ],
    [
      'an entry as a whole',
      ['comments', 'cast', 'entries', 1],
      issueOf('', { at: [] }),
      'comments.cast.entries.1',
    ],
    [
      'what is below no entry',
      ['comments', 'put', 'refs', 0],
      issueOf('id', { at: ['id'] }),
      'comments.put.refs.0.id',
    ],
  ])('adds an error to %s', (_name, path, issue, expected) => {
    const added = addErrorAt(start, path, issue);
    expect(added.valid).toBe(false);
    expect(listErrors(added).map((error) => error.path.join('.'))).toEqual([expected]);
    expect(listErrors(start)).toEqual([]);
  });
});
