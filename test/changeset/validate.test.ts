import { describe, expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { addError, type Changeset, change, putAction } from '../../src/changeset/changeset.ts';
import {
  validateChange,
  validateFormat,
  validateInclusion,
  validateNumber,
  type NumberOptions,
  validateRequired,
} from '../../src/changeset/validate/validate.ts';
import { validateLength } from '../../src/changeset/validate/validate-length.ts';
import type { Value, Values } from '../../src/model/value.ts';
import { stored, storedComment } from '../support/blog-changesets.ts';

const ann = stored('Author', { id: 1n, name: 'Ann' });
const post = stored(
  'Post',
  { id: 7n, title: 'A', body: null, authorId: 1n, lockVersion: 1 },
  { author: ann, permalink: null, comments: [] },
);

const codes = (changeset: Changeset) =>
  changeset.errors.map(({ field, code }) => `${code} ${field}`);

describe('validateRequired', () => {
  test.each<[string, Changeset, readonly string[], readonly string[]]>([
    ['takes a stored value', change(post), ['title'], []],
    ['takes a changed value', change(post, { body: 'x' }), ['body'], []],
    ['refuses a stored null', change(post), ['body'], ['REQUIRED body']],
    ['refuses a null', change(post, { title: null }), ['title'], ['REQUIRED title']],
    ['refuses blank text', change(post, { title: ' \n' }), ['title'], ['REQUIRED title']],
    [
      'refuses each on its own',
      change(post, { title: '' }),
      ['title', 'body', 'authorId'],
      ['REQUIRED body', 'REQUIRED title'],
    ],
    ['adds nothing to an error', cast(post, { title: 7 }, ['title']), ['title'], ['INVALID title']],
    [
      'adds nothing to an error, though it misses',
      addError(change(post), 'body', 'x'),
      ['body'],
      ['INVALID body'],
    ],
    ['takes a to-one that is there', change(post), ['author'], []],
    ['refuses a to-one that is not', change(post), ['permalink'], ['REQUIRED permalink']],
    [
      'refuses a to-one that is put away',
      putAssoc(change(post), 'author', null, { onReplace: 'nilify' }),
      ['author'],
      ['REQUIRED author'],
    ],
    [
      'refuses a to-one that is to be deleted',
      putAssoc(change(post), 'author', putAction(change(ann), 'delete')),
      ['author'],
      ['REQUIRED author'],
    ],
  ])('%s', (_name, changeset, names, expected) => {
    const checked = validateRequired(changeset, names);
    expect(codes(checked)).toEqual(expected);
    expect(checked.required).toEqual(names);
    expect(checked.valid).toBe(expected.length === 0);
  });

  test('takes the change of what misses away', () => {
    expect(validateRequired(change(post, { title: '' }), ['title']).changes).toEqual({});
  });

  test('says what is missing in words of its own', () => {
    expect(validateRequired(change(post), ['body'], { message: 'must be there' }).errors).toEqual([
      {
        field: 'body',
        message: 'must be there',
        code: 'REQUIRED',
        params: { validation: 'required' },
      },
    ]);
  });

  test('throws for an association of a stored record that is not loaded', () => {
    expect(() => validateRequired(change(storedComment(10n, 7n, 'x')), ['post'])).toThrow(
      'cannot get "post" of Comment: it is not loaded. Preload it before reading it.',
    );
  });
});

describe('validateNumber', () => {
  test.each<[NumberOptions, number, string | null]>([
    [{ lessThan: 3 }, 2, null],
    [{ lessThan: 3 }, 3, 'must be less than 3'],
    [{ greaterThan: 3 }, 4, null],
    [{ greaterThan: 3 }, 3, 'must be greater than 3'],
    [{ lessThanOrEqualTo: 3 }, 3, null],
    [{ lessThanOrEqualTo: 3 }, 4, 'must be less than or equal to 3'],
    [{ greaterThanOrEqualTo: 3 }, 3, null],
    [{ greaterThanOrEqualTo: 3 }, 2, 'must be greater than or equal to 3'],
    [{ equalTo: 3 }, 3, null],
    [{ equalTo: 3 }, 2, 'must be equal to 3'],
    [{ notEqualTo: 3 }, 2, null],
    [{ notEqualTo: 3 }, 3, 'must be not equal to 3'],
    [{ greaterThan: 0, lessThan: 3 }, 5, 'must be less than 3'],
    [{ greaterThan: 0n, lessThan: 10n, notEqualTo: 5n }, 5, 'must be not equal to 5'],
  ])('%o takes %i or says why not', (options, value, message) => {
    const checked = validateNumber(change(post, { lockVersion: value }), 'lockVersion', options);
    const told = checked.errors.map(({ message: template, params }) =>
      template.replace('%{number}', String(params['number'] as number)),
    );
    expect(told).toEqual(message === null ? [] : [message]);
  });

  test('tells which bound, of whatever size the number is', () => {
    const checked = validateNumber(change(post, { authorId: 2n ** 62n }), 'authorId', {
      lessThan: 2n ** 62n,
    });
    expect(checked.errors).toEqual([
      {
        field: 'authorId',
        message: 'must be less than %{number}',
        code: 'NUMBER',
        params: { number: 2n ** 62n, kind: 'lessThan', validation: 'number' },
      },
    ]);
  });
});

describe('a validation', () => {
  const format = (value: Value) =>
    validateFormat(change(post, { title: value }), 'title', /^\S+$/g);
  const inclusion = (value: Value) =>
    validateInclusion(change(post, { title: value }), 'title', ['B', 'C']);

  test.each<[string, Changeset, readonly string[]]>([
    ['of a format takes what fits', format('abc'), []],
    ['of a format refuses what does not', format('a b'), ['FORMAT title']],
    ['of a format lets null be', format(null), []],
    ['of an inclusion takes what is listed', inclusion('C'), []],
    ['of an inclusion refuses what is not', inclusion('D'), ['INCLUSION title']],
    ['lets what is not changed be', validateFormat(change(post), 'title', /^x$/), []],
    [
      'of a length lets what is not changed be',
      validateLength(change(post), 'title', { min: 10 }),
      [],
    ],
    [
      'of one’s own is told the value',
      validateChange(change(post, { title: 'B' }), 'title', (value) => [
        {
          field: 'body',
          message: String(value as string),
          code: 'CHECK',
          params: {},
        },
      ]),
      ['CHECK body'],
    ],
    [
      'of one’s own is not asked about null',
      validateChange(change(post, { title: null }), 'title', () => {
        throw new Error('asked');
      }),
      [],
    ],
  ])('%s', (_name, changeset, expected) => {
    expect(codes(changeset)).toEqual(expected);
  });

  test.each<[string, Values, Values]>([
    ['format', { title: 'a b' }, { validation: 'format' }],
    ['inclusion', { title: 'D' }, { validation: 'inclusion', enum: ['B', 'C'] }],
  ])('of %s tells what it wants', (name, changes, params) => {
    const checked =
      name === 'format' ? format(changes['title'] ?? null) : inclusion(changes['title'] ?? null);
    expect(checked.errors).toMatchObject([{ params }]);
  });

  test.each<[string, () => unknown, string]>([
    [
      'a field that is none',
      () => validateFormat(change(post), 'name', /x/),
      'cannot validate "name" of Post: there is no such field.',
    ],
    [
      'a length without bounds',
      () => validateLength(change(post), 'title', {}),
      'cannot validateLength "title" of Post: give at least one of min, max, is.',
    ],
    [
      'a number without bounds',
      () => validateNumber(change(post), 'lockVersion', {}),
      'cannot validateNumber "lockVersion" of Post: give at least one of lessThan, ',
    ],
    [
      'a required field that is none',
      () => validateRequired(change(post), ['name']),
      'cannot get "name" of Post: there is no such field.',
    ],
    [
      'a required association that is none',
      () => castAssoc(change(post), 'nothing', { with: (child) => change(child) }),
      'cannot castAssoc "nothing" of Post: there is no such association. It has: author, comments, ',
    ],
  ])('throws for %s', (_name, misuse, message) => {
    expect(misuse).toThrow(message);
  });
});
