import { expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { addError, change, putAction, putChange } from '../../src/changeset/changeset.ts';
import { ChangesetError } from '../../src/changeset/changeset-error.ts';
import { buildStruct, loadStruct, withAssoc } from '../../src/model/struct.ts';
import { toNestedWrite } from '../../src/plan/prisma/nested-write.ts';
import { findConflicts, planWrite } from '../../src/plan/plan-write.ts';
import { assertValues } from '../../src/plan/check-values.ts';
import { exportedFunctions } from '../support/exported.ts';

const Post = blog.model('Post');
const Author = blog.model('Author');
const post = loadStruct(Post, { id: 7n, title: 'A', lockVersion: 1 });
const fresh = buildStruct(Post, { title: 'B' });
const author = loadStruct(Author, { id: 1n, name: 'Ann', lockVersion: 1 });
const comment = loadStruct(blog.model('Comment'), {
  id: 10n,
  body: 'b',
  postId: 7n,
});
const options = { models: blog.models, now: new Date(0) };

const planOf = (title: number | null) => planWrite(change(buildStruct(Post, { title }))).plan;

/** Function, wrong use, call, message. */
const abuse: readonly (readonly [string, string, () => unknown, string])[] = [
  [
    'planWrite',
    'a changeset with errors',
    () => planWrite(addError(change(post), 'title', 'is bad')),
    'cannot plan Post: the changeset has errors. Report them instead.',
  ],
  [
    'planWrite',
    'a changeset that another has replaced',
    () => planWrite(putAction(change(post), 'replace')),
    'cannot plan Post: its action is "replace", which is for entries of an association. Leave the action out.',
  ],
  [
    'planWrite',
    'a record that is built without its key, to be deleted',
    () => planWrite(putAction(change(fresh), 'delete')),
    'cannot update or delete Post: it has no value of its key "id". Insert it, or load it first.',
  ],
  [
    'planWrite',
    'a new parent beside another foreign key',
    () => {
      const free = withAssoc(post, 'author', null);
      const keyed = putChange(change(free), 'authorId', 2n);
      return planWrite(putAssoc(keyed, 'author', author));
    },
    'cannot change "author" of Post: its foreign key "authorId" is set to another record. Change one of them.',
  ],
  [
    'planWrite',
    'a child to be deleted below a new owner',
    () => {
      const gone = putAction(change(comment), 'delete');
      return planWrite(putAssoc(change(fresh), 'comments', [gone]));
    },
    'cannot delete Comment of Post.comments: its owner is being inserted.',
  ],
  [
    'findConflicts',
    'a changeset that another has replaced',
    () => findConflicts(putAction(change(post), 'replace')),
    'cannot plan Post: its action is "replace", which is for entries of an association. Leave the action out.',
  ],
  [
    'toNestedWrite',
    'a new row without a key',
    () => toNestedWrite(planWrite(change(fresh)).plan, options),
    'cannot translate the plan: its new row 0 has no key. Assign keys first.',
  ],
  [
    'assertValues',
    'null in a column that takes none',
    () => assertValues(planOf(null), blog.models),
    'cannot insert Post: "title" is null, which its column does not take. Require it with validateRequired, or give it a value.',
  ],
  [
    'assertValues',
    'a value of another type',
    () => assertValues(planOf(12), blog.models),
    'cannot insert 12 as "title" of Post: it is not of type String. Cast it first.',
  ],
];

test.each(abuse)('%s refuses %s', (_name, _use, call, message) => {
  expect(call).toThrow(new ChangesetError(message));
});

/** Exported functions that have no test of their wrong use, by the reason. */
const exempt: { readonly [reason: string]: readonly string[] } = {
  'a step of planWrite, whose wrong uses show in its own': [
    'assertNoDelete',
    'draftApart',
    'expectations',
    'findTransfers',
    'insertStamps',
    'makeDraft',
    'makeForeignKeys',
    'makePlanner',
    'nestedPosition',
    'numberRows',
    'orderDrafts',
    'parkableField',
    'placeEntries',
    'placesOf',
    'planChildren',
    'planDelete',
    'planNilify',
    'planParents',
    'raisedVersion',
    'resolveConflicts',
    'storedRecord',
    'storedRow',
    'updateStamps',
  ],
  'a step of toNestedWrite, whose wrong uses show in its own': [
    'addRow',
    'addStep',
    'associationOf',
    'beginCall',
    'columnData',
    'extendFilter',
    'filterOf',
    'frameOf',
    'insertData',
    'isNested',
    'joinRow',
    'keyOf',
    'keySelection',
    'manyToMany',
    'nest',
    'nestedStep',
    'rowId',
    'updateData',
    'updateManyArgs',
    'whereKey',
  ],
  'takes whatever its types let through': [
    'assignKeys',
    'findDeletions',
    'findParkings',
    'isOpen',
    'isWrite',
    'leafRows',
    'needsValue',
    'openKeys',
    'readWritten',
    'takeKeys',
    'writtenStruct',
  ],
};

test('every exported function of the plan has a test of its wrong use', async () => {
  const tested = abuse.map(([name]) => name);
  const known = [...new Set([...tested, ...Object.values(exempt).flat()])];
  expect(await exportedFunctions('plan')).toEqual(known.toSorted());
});
