import { describe, expect, test } from 'vitest';
import { cast } from '../../src/changeset/cast.ts';
import { change } from '../../src/changeset/changeset.ts';
import { validateRequired } from '../../src/changeset/validate/validate.ts';
import { buildStruct, loadStruct } from '../../src/model/struct.ts';
import type { Values } from '../../src/model/value.ts';
import { modelOf, modelsWith } from '../support/core.ts';

const models = modelsWith();
const sample = modelOf(models, 'Sample');
const time = new Date('2026-01-02T03:04:05.678Z');

/** A stored sample of these values. */
const stored = (fields: Values) =>
  loadStruct(sample, { ...buildStruct(sample).fields, id: 1n, ...fields });

describe('cast', () => {
  test('refuses a value of another type, and still casts the others', () => {
    const params = { whole: 'x', flags: ['maybe'], text: 'a' };
    const changeset = cast(stored({}), params, ['whole', 'flags', 'text']);
    expect(changeset.changes).toEqual({ text: 'a' });
    const error = { message: 'is invalid', code: 'INVALID' };
    expect(changeset.errors).toEqual([
      {
        ...error,
        field: 'flags',
        params: { type: 'Boolean[]', validation: 'cast' },
      },
      {
        ...error,
        field: 'whole',
        params: { type: 'Int', validation: 'cast' },
      },
    ]);
    const other = cast(stored({}), params, ['whole'], { message: 'no' });
    expect(other.errors).toMatchObject([{ message: 'no' }]);
  });

  test.each<[string, Values, Values]>([
    ['text', { text: 't' }, { text: 't' }],
    ['a number as text', { whole: 7, big: 7n }, { whole: '7', big: '07' }],
    ['a decimal of another form', { amount: '1.5' }, { amount: '1.500' }],
    ['a float that is whole', { ratio: 100000 }, { ratio: '1e5' }],
    ['a time in another zone', { at: time }, { at: '2026-01-02T05:04:05.678+02:00' }],
    ['bytes', { raw: Uint8Array.of(1) }, { raw: Uint8Array.of(1) }],
    [
      'JSON with its keys in another order',
      { data: { a: 1, b: [{}] } },
      { data: { b: [{}], a: 1 } },
    ],
    ['a list', { bigs: [1n, 2n] }, { bigs: ['1', 2] }],
    ['a boolean as text', { flag: true }, { flag: 'true' }],
  ])('keeps no change of %s that is the same after the cast', (...row) => {
    const [, fields, params] = row;
    const permitted = Object.keys(params);
    expect(cast(stored(fields), params, permitted).changes).toEqual({});
    const forced = cast(stored(fields), params, permitted, {
      forceChanges: true,
    });
    expect(Object.keys(forced.changes)).toEqual(permitted);
  });

  test.each(['', '  ', '\n\t', '\u00a0\u3000', '\u0085'])(
    'takes %j for no value: the default',
    (blank) => {
      const data = stored({ text: 't', whole: 7, size: 9, at: time });
      const params = { text: blank, whole: blank, size: blank, at: blank };
      expect(cast(data, params, Object.keys(params)).changes).toEqual({
        text: null,
        whole: null,
        size: 5,
        at: null,
      });
      const same = stored({ text: null, size: 5 });
      expect(cast(same, params, ['text', 'size']).changes).toEqual({});
    },
  );

  test('takes a mark of byte order for text, as Unicode does', () => {
    const changes = cast(stored({ text: 't' }), { text: '\ufeff' }, ['text']);
    expect(changes.changes).toEqual({ text: '\ufeff' });
    expect(validateRequired(changes, ['text']).valid).toBe(true);
  });

  test('drops the empty entries of a list', () => {
    const params = { texts: ['', 'a', ' '], wholes: ['', '1'], moods: [''] };
    const data = stored({ moods: ['SAD'] });
    expect(cast(data, params, Object.keys(params)).changes).toEqual({
      texts: ['a'],
      wholes: [1],
      moods: [],
    });
  });

  test('asks isEmpty instead, of values and of the entries of lists', () => {
    const isEmpty = (value: unknown) => value === 'n/a';
    const params = { text: '', whole: 'n/a', texts: ['n/a', ''] };
    const data = stored({ text: 't', whole: 7 });
    const changeset = cast(data, params, Object.keys(params), { isEmpty });
    expect(changeset.changes).toEqual({ text: '', whole: null, texts: [''] });
  });
});

describe('putChange', () => {
  test('takes a number for a bigint and a decimal, text only where text is stored', () => {
    const changed = change(stored({}), { big: 7, amount: 1.5, id: 2 });
    expect(changed.changes).toEqual({ big: 7n, amount: '1.5', id: 2n });
  });
});
