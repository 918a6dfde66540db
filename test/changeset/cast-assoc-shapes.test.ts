import { expect, test } from 'vitest';
import { castAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { change } from '../../src/changeset/changeset.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import { buildStruct, loadStruct } from '../../src/model/struct.ts';
import { readCaseModels } from '../ecto/models.ts';

const models = readCaseModels({});
const post = buildStruct(getModel(models, 'Post'));

/** The bodies (or urls) of an association after a cast to a new post. */
function valuesOf(assoc: string, params: object, options: object = {}) {
  const changeset = castAssoc(cast(post, { ...params }, []), assoc, {
    with: (child, given) => cast(child, given, child.model.fields.has('url') ? ['url'] : ['body']),
    ...options,
  });
  const entries = changeset.assocs[assoc]?.entries ?? [];
  return entries.map((entry) => entry.changeset.changes);
}

test('an empty list is an empty object to a to-one', () => {
  expect(valuesOf('permalink', { permalink: [] })).toEqual([{}]);
});

test('a list within a list is refused by its place', () => {
  const comments = [{ body: 'a' }, [1]];
  expect(() => valuesOf('comments', { comments })).toThrow(
    'cannot castAssoc "comments" of Post: entry 1 is a list. Give an object for each entry.',
  );
});

const comments = { 0: { body: 'zero' }, 1: { body: 'one' } };

test.each([
  ['listed', ['1', '0'], [{ body: 'one' }, { body: 'zero' }]],
  ['not listed', ['1'], [{ body: 'one' }, { body: 'zero' }]],
  ['unknown', ['1', 'new'], [{ body: 'one' }, {}, { body: 'zero' }]],
  ['listed twice', ['1', '1'], [{ body: 'one' }, {}, { body: 'zero' }]],
  ['a number', [1], [{}, { body: 'zero' }, { body: 'one' }]],
])('an index of a form that is %s stands where Ecto puts it', (...row) => {
  const [, sort, expected] = row;
  const params = { comments, sort };
  expect(valuesOf('comments', params, { sortParam: 'sort' })).toEqual(expected);
});

test('an association that is null beside a sort list is an empty form', () => {
  const params = { comments: null, sort: ['new'] };
  expect(valuesOf('comments', params, { sortParam: 'sort' })).toEqual([{}]);
});

test.each<[string, unknown, object]>([
  ['of another shape', 'x', {}],
  ['that may not be replaced', [], { onReplace: 'markAsInvalid' }],
])('the invalidMessage is told of a list %s', (_what, given, options) => {
  const comment = loadStruct(getModel(models, 'Comment'), { id: 1n });
  const data = loadStruct(post.model, { id: 7n }, { comments: [comment] });
  const changeset = castAssoc(cast(data, { comments: given }, []), 'comments', {
    with: (child) => change(child),
    invalidMessage: 'is no list',
    ...options,
  });
  expect(changeset.errors).toMatchObject([{ message: 'is no list' }]);
});
