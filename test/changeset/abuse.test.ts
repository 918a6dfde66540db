import { expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { getAssoc } from '../../src/changeset/apply-changes.ts';
import { addAssoc, buildAssoc, castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { change, getChange, getField, putChange } from '../../src/changeset/changeset.ts';
import {
  assocConstraint,
  exclusionConstraint,
  foreignKeyConstraint,
  noAssocConstraint,
  uniqueConstraint,
} from '../../src/changeset/constraint/constraint.ts';
import { ChangesetError } from '../../src/changeset/changeset-error.ts';
import { expectVersion, optimisticLock } from '../../src/changeset/optimistic-lock.ts';
import {
  validateChange,
  validateFormat,
  validateInclusion,
  validateNumber,
  validateRequired,
} from '../../src/changeset/validate/validate.ts';
import { validateLength } from '../../src/changeset/validate/validate-length.ts';
import { buildStruct, loadStruct, withAssoc } from '../../src/model/struct.ts';
import { exportedFunctions } from '../support/exported.ts';

const post = loadStruct(blog.model('Post'), {
  id: 7n,
  title: 'A',
  lockVersion: 1,
});
const comment = loadStruct(blog.model('Comment'), {
  id: 10n,
  body: 'b',
  postId: 7n,
});
const tag = buildStruct(blog.model('Tag'));
const onPost = change(post);
const withAuthor = change(withAssoc(post, 'author', null));
const withComments = change(withAssoc(post, 'comments', [comment]));
const withIt = { with: () => change(comment) };

/** Function, wrong use, call, message. */
const abuse: readonly (readonly [string, string, () => unknown, string])[] = [
  [
    'change',
    'a field that is not there',
    () => change(post, { nope: 1 }),
    'cannot put "nope" of Post: there is no such field.',
  ],
  [
    'putChange',
    'a value of another type',
    () => putChange(onPost, 'authorId', 'x'),
    'cannot put "x" as "authorId" of Post: it is not of type BigInt. Cast it first.',
  ],
  [
    'putChange',
    'an association',
    () => putChange(onPost, 'comments', []),
    'cannot put "comments" of Post: it is an association: use castAssoc or putAssoc.',
  ],
  [
    'getChange',
    'a field that is not there',
    () => getChange(onPost, 'nope'),
    'cannot get the change of "nope" of Post: there is no such field.',
  ],
  [
    'getField',
    'a field that is not there',
    () => getField(onPost, 'nope'),
    'cannot get "nope" of Post: there is no such field.',
  ],
  [
    'cast',
    'params that are a list',
    () => cast(post, [] as never, []),
    'cannot cast Post: params must be a plain object, got a list.',
  ],
  [
    'cast',
    'params that are null',
    () => cast(post, null as never, []),
    'cannot cast Post: params must be a plain object, got null.',
  ],
  [
    'cast',
    'a permitted name that is an association',
    () => cast(post, {}, ['comments']),
    'cannot cast "comments" of Post: it is an association: use castAssoc or putAssoc.',
  ],
  [
    'validateRequired',
    'a field that is not there',
    () => validateRequired(onPost, ['nope']),
    'cannot get "nope" of Post: there is no such field.',
  ],
  [
    'validateLength',
    'no bound',
    () => validateLength(onPost, 'title', {}),
    'cannot validateLength "title" of Post: give at least one of min, max, is.',
  ],
  [
    'validateNumber',
    'no bound',
    () => validateNumber(onPost, 'lockVersion', {}),
    'cannot validateNumber "lockVersion" of Post: give at least one of lessThan, greaterThan, lessThanOrEqualTo, greaterThanOrEqualTo, equalTo, notEqualTo.',
  ],
  [
    'validateFormat',
    'a field that is not there',
    () => validateFormat(onPost, 'nope', /x/),
    'cannot validate "nope" of Post: there is no such field.',
  ],
  [
    'validateInclusion',
    'a field that is not there',
    () => validateInclusion(onPost, 'nope', []),
    'cannot validate "nope" of Post: there is no such field.',
  ],
  [
    'validateChange',
    'a field that is not there',
    () => validateChange(onPost, 'nope', () => []),
    'cannot validate "nope" of Post: there is no such field.',
  ],
  [
    'castAssoc',
    'an association that is not loaded',
    () => castAssoc(cast(post, { comments: [] }, []), 'comments', withIt),
    'cannot castAssoc "comments" of Post: it is not loaded. Preload it before changing it.',
  ],
  [
    'castAssoc',
    'an association that is not there',
    () => castAssoc(onPost, 'nope', withIt),
    'cannot castAssoc "nope" of Post: there is no such association. It has: author, comments, postTags, permalink, tags.',
  ],
  [
    'castAssoc',
    'a record left out under onReplace raise',
    () => castAssoc(cast(withComments, { comments: [] }, []), 'comments', withIt),
    'cannot replace "comments" of Post: its onReplace is "raise". Give every current record with its key, or choose another onReplace.',
  ],
  [
    'castAssoc',
    'an onReplace that the kind does not allow',
    () => castAssoc(onPost, 'tags', { ...withIt, onReplace: 'nilify' }),
    'cannot replace "tags" of Post: a manyToMany does not allow onReplace "nilify".',
  ],
  [
    'castAssoc',
    'sortParam on a to-one',
    () =>
      castAssoc(cast(withAuthor, { author: {}, s: [1] }, []), 'author', {
        ...withIt,
        sortParam: 's',
      }),
    'cannot castAssoc "author" of Post: sortParam is for a to-many. Send no "s".',
  ],
  [
    'putAssoc',
    'an association that is not loaded',
    () => putAssoc(onPost, 'comments', []),
    'cannot putAssoc "comments" of Post: it is not loaded. Preload it before changing it.',
  ],
  [
    'putAssoc',
    'a record of another model',
    () => putAssoc(withComments, 'comments', [comment, tag]),
    'cannot putAssoc "comments" of Post: expected a Comment, got a Tag.',
  ],
  [
    'buildAssoc',
    'an association that is not there',
    () => buildAssoc(post, 'nope'),
    'cannot buildAssoc "nope" of Post: there is no such association. It has: author, comments, postTags, permalink, tags.',
  ],
  [
    'addAssoc',
    'a record that is stored',
    () => addAssoc(onPost, 'comments', [{ at: [], changeset: change(comment) }]),
    'cannot addAssoc to "comments" of Post: the record is stored already.',
  ],
  [
    'getAssoc',
    'an association that is not loaded',
    () => getAssoc(onPost, 'comments'),
    'cannot get "comments" of Post: it is not loaded. Preload it before reading it.',
  ],
  [
    'uniqueConstraint',
    'a field that is not there',
    () => uniqueConstraint(onPost, 'nope'),
    'cannot declare a unique constraint on "nope" of Post: there is no such field.',
  ],
  [
    'foreignKeyConstraint',
    'a field that is not there',
    () => foreignKeyConstraint(onPost, 'nope'),
    'cannot declare a foreign key constraint on "nope" of Post: there is no such field.',
  ],
  [
    'assocConstraint',
    'a has_many',
    () => assocConstraint(onPost, 'comments'),
    'cannot declare assocConstraint on "comments" of Post: it is a hasMany, only a belongsTo has one.',
  ],
  [
    'noAssocConstraint',
    'a many_to_many',
    () => noAssocConstraint(onPost, 'tags'),
    'cannot declare noAssocConstraint on "tags" of Post: it is a manyToMany, only a hasOne or hasMany has one.',
  ],
  [
    'exclusionConstraint',
    'a field that is not there',
    () => exclusionConstraint(onPost, 'nope'),
    'cannot declare an exclusion constraint on "nope" of Post: there is no such field.',
  ],
  [
    'optimisticLock',
    'a text',
    () => optimisticLock(onPost, 'title'),
    'cannot lock "title" of Post: it is a String, not an Int.',
  ],
  [
    'expectVersion',
    'a model without a version',
    () => expectVersion(change(tag), 1),
    'cannot expect a version of Tag: its model names no version field.',
  ],
];

test.each(abuse)('%s refuses %s', (_name, _use, call, message) => {
  expect(call).toThrow(ChangesetError);
  expect(call).toThrow(new ChangesetError(message));
});

/** Exported functions that have no test of their wrong use, by the reason. */
const exempt: { readonly [reason: string]: readonly string[] } = {
  'takes whatever its types let through': [
    'actionOf',
    'addError',
    'addErrorAt',
    'addIssues',
    'applyChanges',
    'checkConstraint',
    'changesetAt',
    'constraintParams',
    'countRecords',
    'dropChange',
    'entriesOf',
    'findConstraint',
    'findStale',
    'hasChanges',
    'isChangeset',
    'isParams',
    'showsRefused',
    'listErrors',
    'makeConstraint',
    'mapEntries',
    'messageOf',
    'prepareChanges',
    'putAction',
    'remainingEntries',
    'setAssoc',
    'shapeOf',
    'shownValue',
    'withArticle',
    'surfaceAssocs',
    'traverseErrors',
  ],
  'a step of castAssoc and putAssoc, whose wrong uses show in theirs': [
    'addShapeError',
    'applyMatched',
    'assertAction',
    'assertAttributes',
    'assertCastOptions',
    'assertLoaded',
    'assertNoFormList',
    'assertNotThrough',
    'assertOnReplace',
    'isInOrder',
    'buildRelated',
    'canNilify',
    'castItems',
    'castKnown',
    'changePutItem',
    'isRefused',
    'matchOptions',
    'matchedActions',
    'matchRelation',
    'pairItems',
    'pairParams',
    'readFormList',
    'readPutItems',
    'readPutKey',
    'requireAssoc',
  ],
  'is the check that others make': [
    'assertAssociation',
    'assertField',
    'assertOption',
    'assertValue',
    'issue',
  ],
};

test('every exported function of the changeset has a test of its wrong use', async () => {
  const tested = abuse.map(([name]) => name);
  const known = [...new Set([...tested, ...Object.values(exempt).flat()])];
  expect(await exportedFunctions('changeset')).toEqual(known.toSorted());
});
