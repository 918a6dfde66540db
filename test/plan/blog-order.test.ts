import { describe, expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { type Changeset, change, putAction, setAssoc } from '../../src/changeset/changeset.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import type { OnReplace } from '../../src/model/model.ts';
import { buildStruct, type Struct } from '../../src/model/struct.ts';
import type { Values } from '../../src/model/value.ts';
import { rowKeyText } from '../../src/model/key.ts';
import type { Cascades } from '../../src/plan/draft/planner.ts';
import { planWrite } from '../../src/plan/plan-write.ts';
import { stored, storedComment } from '../support/blog-changesets.ts';
import { rowKey } from '../support/nested-order.ts';

const c10 = storedComment(10n, 7n, 'ten');
const c11 = storedComment(11n, 7n, 'eleven');
const c30 = storedComment(30n, 9n, 'thirty');
const c20 = storedComment(20n, 8n, 'twenty');
const link5 = stored('Permalink', { id: 5n, url: '/a', postId: 7n });
const link6 = stored('Permalink', { id: 6n, url: '/b', postId: 8n });
const tag1 = stored('Tag', { id: 1n, name: 'ecto' });
const tag2 = stored('Tag', { id: 2n, name: 'elixir' });
const ann = stored('Author', { id: 1n, name: 'Ann' });
const post7 = stored(
  'Post',
  { id: 7n, title: 'A', authorId: 1n },
  { author: ann, comments: [c10, c11], permalink: link5, tags: [tag1] },
);
const post8 = stored(
  'Post',
  { id: 8n, title: 'B', authorId: 1n },
  { author: ann, comments: [c20], permalink: link6, tags: [] },
);
const ann7 = stored('Author', { id: 1n, name: 'Ann' }, { posts: [post7] });
const annWithPosts = stored('Author', { id: 1n, name: 'Ann' }, { posts: [post7, post8] });

/** A new record of the blog. */
const fresh = (model: string, fields: Values) => buildStruct(getModel(blog.models, model), fields);
const deleted = (record: Struct) => putAction(change(record), 'delete');
const put = (
  record: Struct | Changeset,
  association: string,
  value: unknown,
  onReplace: OnReplace = 'delete',
) =>
  putAssoc(change(record), association, value, {
    onReplace,
    keepUnchanged: true,
  });

/** A changeset whose changed associations touch it. */
function touching(changeset: Changeset): Changeset {
  return Object.entries(changeset.assocs).reduce(
    (done, [name, assoc]) => setAssoc(done, name, { ...assoc, touch: true }),
    changeset,
  );
}

/** The plan's operations, each in a line: `update Comment 10 postId`. */
function lines(changeset: Changeset, cascades: Cascades = new Map()): string[] {
  const { plan } = planWrite(changeset, { cascades });
  return plan.operations.map((operation) => {
    const { action, model, row } = operation;
    const id = rowKey(row);
    const fields = action === 'update' ? Object.keys(operation.changes) : [];
    return [action, model, id, ...fields].join(' ');
  });
}

describe('what a row needs comes before it, what needs it not comes after', () => {
  test.each<[string, Changeset, string[]]>([
    [
      'parents, the row, removals, updates, inserts, links, and what stays',
      put(
        put(
          put(
            put(change(post7, { title: 'new' }), 'tags', [fresh('Tag', { name: 'new' }), tag2]),
            'comments',
            [fresh('Comment', { body: 'new' }), change(c11, { body: 'new' })],
          ),
          'permalink',
          link5,
        ),
        'author',
        fresh('Author', { name: 'new' }),
        'nilify',
      ),
      [
        'insert Author new',
        'update Post 7 title',
        'unlink Tag 1',
        'delete Comment 10',
        'update Comment 11 body',
        'insert Tag new',
        'insert Comment new',
        'link Tag new',
        'link Tag 2',
        'unchanged Tag 2',
        'unchanged Permalink 5',
      ],
    ],
    [
      'three levels of new rows',
      put(fresh('Author', { name: 'A' }), 'posts', [
        put(fresh('Post', { title: '1' }), 'comments', [fresh('Comment', { body: '1' })]),
        put(fresh('Post', { title: '2' }), 'tags', [tag1]),
      ]),
      [
        'insert Author new',
        'insert Post new',
        'insert Comment new',
        'insert Post new',
        'link Tag 1',
        'unchanged Tag 1',
      ],
    ],
    [
      'a new parent of a new row',
      put(
        fresh('Comment', { body: 'b' }),
        'post',
        put(fresh('Post', { title: 't' }), 'author', fresh('Author', { name: 'n' })),
      ),
      ['insert Author new', 'insert Post new', 'insert Comment new'],
    ],
    [
      'a belongs_to row that is to be deleted, last of all',
      put(put(post7, 'author', null), 'comments', [fresh('Comment', { body: 'new' })]),
      [
        'update Post 7 authorId',
        'delete Comment 11',
        'delete Comment 10',
        'insert Comment new',
        'delete Author 1',
      ],
    ],
    [
      'a belongs_to row that is deleted by name, last of all',
      put(put(post7, 'author', deleted(ann)), 'comments', [
        c10,
        c11,
        fresh('Comment', { body: 'new' }),
      ]),
      [
        'update Post 7 authorId',
        'insert Comment new',
        'delete Author 1',
        'unchanged Comment 10',
        'unchanged Comment 11',
      ],
    ],
    [
      'a comment that the request deletes, before what it updates',
      put(post7, 'comments', [deleted(c10), change(c11, { body: 'b' })]),
      ['delete Comment 10', 'update Comment 11 body', 'unchanged Post 7'],
    ],
  ])('%s', (_name, changeset, expected) => {
    expect(lines(changeset)).toEqual(expected);
  });
});

describe('a unique value is freed before it is taken', () => {
  test.each<[string, Changeset, string[]]>([
    [
      'by a delete, for an insert',
      put(post7, 'permalink', fresh('Permalink', { url: '/a' })),
      ['delete Permalink 5', 'insert Permalink new'],
    ],
    [
      'by an update, for an update that stands before it',
      put(annWithPosts, 'posts', [
        put(post7, 'permalink', change(link5, { url: '/b' })),
        put(post8, 'permalink', change(link6, { url: '/c' })),
      ]),
      ['update Permalink 6 url', 'update Permalink 5 url'],
    ],
    [
      'by a delete, for an update that stands before it',
      put(annWithPosts, 'posts', [
        put(post7, 'permalink', change(link5, { url: '/b' })),
        put(post8, 'permalink', null),
      ]),
      ['delete Permalink 6', 'update Permalink 5 url'],
    ],
    [
      'by a permalink that leaves for another post, for a new one',
      put(annWithPosts, 'posts', [
        put(post7, 'permalink', fresh('Permalink', { url: '/c' }), 'nilify'),
        put(post8, 'permalink', link5, 'delete'),
      ]),
      ['delete Permalink 6', 'update Permalink 5 postId', 'insert Permalink new'],
    ],
  ])('%s', (_name, changeset, expected) => {
    expect(lines(changeset).filter((line) => !line.startsWith('unchanged'))).toEqual(expected);
  });
});

describe('a row that one list leaves out and another puts is moved, not removed', () => {
  const moved = put(annWithPosts, 'posts', [
    put(post7, 'comments', [c11]),
    put(post8, 'comments', [c20, c10]),
  ]);
  const movedBack = put(annWithPosts, 'posts', [
    put(post7, 'comments', [c10, c11, c20]),
    put(post8, 'comments', []),
  ]);

  test.each<[string, Changeset, string]>([
    ['where the list that leaves it out stands first', moved, 'update Comment 10 postId'],
    ['where the list that puts it stands first', movedBack, 'update Comment 20 postId'],
  ])('%s', (_name, changeset, line) => {
    expect(lines(changeset).filter((text) => !text.startsWith('unchanged'))).toEqual([line]);
  });

  test('before its old owner is deleted, with the rest of what goes with that', () => {
    const changeset = put(annWithPosts, 'posts', [put(post8, 'comments', [c20, c10])]);
    const cascades = new Map([
      [
        rowKeyText(post7.model, post7.fields),
        { comments: [c10, c11], permalink: [link5], tags: [tag1] },
      ],
    ]);
    expect(lines(changeset, cascades)).toEqual([
      'delete Comment 11',
      'delete Permalink 5',
      'unlink Tag 1',
      'update Comment 10 postId',
      'delete Post 7',
      'unchanged Author 1',
      'unchanged Post 8',
      'unchanged Comment 20',
    ]);
  });
});

describe('a row that is changed in a second place is CONFLICTING_INPUT there', () => {
  test.each<[string, Changeset, (string | number)[]]>([
    [
      'kept in one list, taken by another',
      put(annWithPosts, 'posts', [
        put(post7, 'comments', [c10, c11, c20]),
        put(post8, 'comments', [c20]),
      ]),
      ['posts', 1, 'comments', 0],
    ],
    [
      'kept in one list, deleted in another',
      put(ann7, 'posts', [
        put(
          put(post7, 'comments', [c10, c11]),
          'author',
          put(ann7, 'posts', [put(post7, 'comments', [deleted(c10), c11])]),
        ),
      ]),
      ['posts', 0, 'comments', 0],
    ],
    [
      'put into two lists',
      put(annWithPosts, 'posts', [
        put(post7, 'comments', [c10, c11, c30]),
        put(post8, 'comments', [c20, c30]),
      ]),
      ['posts', 1, 'comments', 1],
    ],
    [
      'changed in one list, put into another',
      put(annWithPosts, 'posts', [
        put(post7, 'comments', [change(c10, { body: 'x' }), c11]),
        put(post8, 'comments', [c20, c10]),
      ]),
      ['posts', 1, 'comments', 1],
    ],
    [
      'deleted in one list, put into another',
      put(annWithPosts, 'posts', [
        put(post7, 'comments', [deleted(c10), c11]),
        put(post8, 'comments', [c20, c10]),
      ]),
      ['posts', 1, 'comments', 1],
    ],
    [
      'renamed in two lists',
      put(annWithPosts, 'posts', [
        put(post7, 'tags', [change(tag1, { name: 'x' })]),
        put(post8, 'tags', [change(tag1, { name: 'y' })]),
      ]),
      ['posts', 1, 'tags', 0],
    ],
  ])('%s', (_name, changeset, path) => {
    const { issues } = planWrite(changeset);
    expect(issues).toMatchObject([
      {
        code: 'CONFLICTING_INPUT',
        message: 'is changed in another place of this request',
        path,
      },
    ]);
  });

  test.each<[string, Changeset, string]>([
    [
      'that one list leaves as it is and another changes',
      put(
        put(post7, 'comments', [change(c10, { body: 'x' }), c11]),
        'author',
        put(ann7, 'posts', [put(post7, 'comments', [c10, c11])]),
      ),
      'update Comment 10 body',
    ],
    [
      'that is the root and stays as it is',
      put(post7, 'author', put(ann7, 'posts', [change(post7, { title: 'x' })])),
      'update Post 7 title',
    ],
    [
      'that is the root and would only be touched',
      touching(put(post7, 'author', put(ann7, 'posts', [change(post7, { title: 'x' })]))),
      'update Post 7 title',
    ],
    [
      'that is the root, which stays as it is, and is deleted below it',
      put(post7, 'author', put(ann7, 'posts', [deleted(post7)])),
      'delete Post 7',
    ],
  ])('but a row is changed in one place %s', (_name, changeset, line) => {
    expect(planWrite(changeset).issues).toEqual([]);
    const written = lines(changeset).filter((text) => !text.startsWith('unchanged'));
    expect(written).toEqual([line]);
  });

  test('but a tag that stays as it is may be linked by any number of lists', () => {
    const changeset = put(annWithPosts, 'posts', [
      put(post7, 'tags', [tag1, tag2]),
      put(post8, 'tags', [tag2]),
    ]);
    expect(planWrite(changeset).issues).toEqual([]);
  });
});
