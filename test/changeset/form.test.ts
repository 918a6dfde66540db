import { expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import type { Params } from '../../src/changeset/changeset.ts';
import { readFormList } from '../../src/changeset/assoc/form-params.ts';
import { assertAssociation } from '../../src/changeset/assert.ts';

const comments = assertAssociation(blog.model('Post'), 'comments', 'test');
const author = assertAssociation(blog.model('Post'), 'author', 'test');
const options = { sortParam: 'sort', dropParam: 'drop' };
const form = { '0': 'a', '1': 'b', '10': 'c', '2': 'd' };

test.each<[string, Params, unknown]>([
  ['absent is absent', {}, undefined],
  ['a list is the list', { comments: ['a', 'b'] }, ['a', 'b']],
  ['null is null', { comments: null }, null],
  ['another shape is left to the cast', { comments: 'x' }, 'x'],
  ['indexes are read as numbers', { comments: form }, ['a', 'b', 'd', 'c']],
  [
    'indexes below zero come first',
    { comments: { '0': 'a', '-1': 'b', '+1': 'c' } },
    ['b', 'a', 'c'],
  ],
  ['other keys come last', { comments: { b: 2, '1': 1, a: 0 } }, [1, 0, 2]],
  [
    'the sort list comes first, then the rest',
    { comments: form, sort: ['2', '0'] },
    ['d', 'a', 'b', 'c'],
  ],
  [
    'an index of the sort list that is not there is new',
    { comments: { '0': 'a' }, sort: ['0', 'new'] },
    ['a', {}],
  ],
  [
    'an index that is sorted twice is new the second time',
    { comments: { '0': 'a' }, sort: ['0', '0'] },
    ['a', {}],
  ],
  ['a sort list alone makes new entries', { sort: ['0', '1'] }, [{}, {}]],
  ['what is dropped is not there', { comments: form, drop: ['0', '10'] }, ['b', 'd']],
  [
    'what is dropped is not sorted either',
    { comments: form, sort: ['0', '1', '9'], drop: ['0', '9'] },
    ['b', 'd', 'c'],
  ],
  [
    'what is sorted twice and dropped once is there',
    { comments: form, sort: ['1', '1'], drop: ['1'] },
    ['b', 'a', 'd', 'c'],
  ],
  ['a drop list alone makes an empty list', { drop: ['0'] }, []],
  ['a sort list that is none is none', { comments: form, sort: 'x' }, ['a', 'b', 'd', 'c']],
  ['a sort list beside a list changes nothing', { comments: ['a'], sort: ['0'] }, ['a']],
])('of a to-many, %s', (_name, params, expected) => {
  expect(readFormList(comments, params, options)).toEqual(expected);
});

test.each<[string, Params, unknown]>([
  ['absent is absent', {}, undefined],
  ['an object is the record', { author: { '0': 'a' } }, { '0': 'a' }],
  ['null is null', { author: null }, null],
])('of a to-one, %s', (_name, params, expected) => {
  expect(readFormList(author, params, {})).toEqual(expected);
});

test('without their names sort and drop lists are not looked for', () => {
  expect(readFormList(comments, { comments: form, sort: ['2'], drop: ['0'] }, {})).toEqual([
    'a',
    'b',
    'd',
    'c',
  ]);
});
