import { describe, expect, test } from 'vitest';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { change } from '../../src/changeset/changeset.ts';
import { listErrors, messageOf } from '../../src/changeset/traverse-errors.ts';
import {
  validateChange,
  validateInclusion,
  validateNumber,
  validateRequired,
} from '../../src/changeset/validate/validate.ts';
import { validateLength } from '../../src/changeset/validate/validate-length.ts';
import type { Struct } from '../../src/model/struct.ts';
import { buildStruct, loadStruct, withAssoc } from '../../src/model/struct.ts';
import type { Values } from '../../src/model/value.ts';
import { modelOf, modelsWith } from '../support/core.ts';

const models = modelsWith({ 'Post.comments': { onReplace: 'delete' } });
const sample = buildStruct(modelOf(models, 'Sample'));
const post = modelOf(models, 'Post');

function messages(changeset: Changeset): string[] {
  return listErrors(changeset).map(messageOf);
}

describe('validateRequired', () => {
  test('is content with what is stored, and with false, 0 and an empty list', () => {
    const data = loadStruct(sample.model, { ...sample.fields, text: 't' });
    const changeset = change(data, { flag: false, whole: 0 });
    const names = ['text', 'flag', 'whole', 'texts'];
    expect(validateRequired(changeset, names).errors).toEqual([]);
  });

  test('never misses a to-many, but reads it as it reads a to-one', () => {
    const stored = loadStruct(post, { id: 1n });
    const required = (data: Struct) => validateRequired(change(data), ['comments']);
    expect(required(withAssoc(stored, 'comments', [])).valid).toBe(true);
    expect(() => required(stored)).toThrow('cannot get "comments" of Post: it is not loaded.');
  });
});

describe('validateLength', () => {
  const family = '👨‍👩‍👧';

  test.each([
    ['min', 'ab', { min: 3 }, 'should be at least 3 character(s)'],
    ['max', 'abcd', { max: 3 }, 'should be at most 3 character(s)'],
    ['is', 'ab', { is: 3 }, 'should be 3 character(s)'],
    ['is', 'ab', { is: 3, message: 'not %{count}' }, 'not 3'],
    ['graphemes', `${family}é`, { max: 1 }, 'should be at most 1 character(s)'],
    ['codepoints', family, { max: 4, count: 'codepoints' }, 'should be at most 4 character(s)'],
    ['bytes', 'é', { max: 1, count: 'bytes' }, 'should be at most 1 byte(s)'],
  ] as const)('reports %s of %j', (_kind, text, options, message) => {
    const changeset = change(sample, { text });
    expect(messages(validateLength(changeset, 'text', options))).toEqual([message]);
  });

  test.each([
    [{ text: `${family}é` }, { is: 2 }],
    [{ text: family }, { is: 5, count: 'codepoints' }],
    [{ text: 'é' }, { is: 2, count: 'bytes' }],
    [{ text: null }, { min: 3 }],
    [{}, { min: 3 }],
  ] as const)('takes %o for %o', (changes, options) => {
    const changeset = change(sample, changes);
    expect(validateLength(changeset, 'text', options).errors).toEqual([]);
  });

  test('counts the items of a list', () => {
    const changeset = change(sample, { texts: ['a'] });
    const checked = validateLength(changeset, 'texts', { min: 2 });
    expect(messages(checked)).toEqual(['should have at least 2 item(s)']);
    expect(checked.errors[0]).toMatchObject({
      code: 'LENGTH',
      params: { count: 2, kind: 'min', type: 'list', validation: 'length' },
    });
  });
});

describe('validateNumber', () => {
  test.each([
    [{ lessThan: 7 }, 'must be less than 7'],
    [{ greaterThan: 7 }, 'must be greater than 7'],
    [{ lessThanOrEqualTo: 6 }, 'must be less than or equal to 6'],
    [{ greaterThanOrEqualTo: 8 }, 'must be greater than or equal to 8'],
    [{ equalTo: 8 }, 'must be equal to 8'],
    [{ notEqualTo: 7 }, 'must be not equal to 7'],
    [{ greaterThan: 8, lessThan: 6 }, 'must be less than 6'],
    [{ lessThan: 6, message: 'not under %{number}' }, 'not under 6'],
  ])('holds 7 to %o', (options, message) => {
    for (const field of ['whole', 'big', 'ratio', 'amount']) {
      const changeset = change(sample, { [field]: 7 });
      expect(messages(validateNumber(changeset, field, options))).toEqual([message]);
    }
  });

  test('compares to the last digit', () => {
    const big = change(sample, { big: 2n ** 53n + 1n });
    const amount = change(sample, { amount: '9007199254740993.000000001' });
    const bound = { lessThanOrEqualTo: 2 ** 53 };
    expect(validateNumber(big, 'big', bound).valid).toBe(false);
    expect(validateNumber(amount, 'amount', bound).valid).toBe(false);
    const above = { greaterThan: 9007199254740993n };
    expect(validateNumber(amount, 'amount', above).valid).toBe(true);
  });

  test('passes over what is not changed', () => {
    const data = loadStruct(sample.model, { ...sample.fields, whole: 7 });
    const bound = { lessThan: 1 };
    expect(validateNumber(change(data), 'whole', bound).valid).toBe(true);
  });
});

describe('the other validations', () => {
  test('validateInclusion knows equal values of every type', () => {
    const at = new Date('2026-01-01T00:00:00Z');
    const changeset = change(sample, { at, texts: ['a'], whole: 3 });
    const is = (field: string, allowed: readonly Values[string][]) =>
      validateInclusion(changeset, field, allowed).valid;
    expect(is('at', [new Date(at)])).toBe(true);
    expect(is('texts', [['b'], ['a']])).toBe(true);
    expect(is('whole', [1, 2])).toBe(false);
    const wrong = validateInclusion(changeset, 'whole', [1, 2]);
    expect(wrong.errors).toMatchObject([
      { message: 'is invalid', code: 'INCLUSION', params: { enum: [1, 2] } },
    ]);
  });

  test('validateChange runs on a change alone, and sees the changeset', () => {
    const issue = {
      field: 'whole',
      message: 'no',
      code: 'INVALID',
      params: {},
    } as const;
    const seen: unknown[] = [];
    const check = (changeset: Changeset) =>
      validateChange(changeset, 'text', (value, given) => {
        seen.push(value, given === changeset);
        return [issue, { ...issue, message: 'never' }];
      });
    expect(check(change(sample)).errors).toEqual([]);
    const data = loadStruct(sample.model, { ...sample.fields, text: 't' });
    expect(check(change(data, { text: null })).errors).toEqual([]);
    const changed = check(change(sample, { text: 'a' }));
    expect(changed.errors.map(({ message }) => message)).toEqual(['no', 'never']);
    expect(seen).toEqual(['a', true]);
  });
});
