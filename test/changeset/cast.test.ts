import { describe, expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { cast, isParams } from '../../src/changeset/cast.ts';
import {
  addError,
  change,
  getChange,
  getField,
  hasChanges,
  putChange,
} from '../../src/changeset/changeset.ts';
import { buildStruct } from '../../src/model/struct.ts';
import type { Value, Values } from '../../src/model/value.ts';
import { stored } from '../support/blog-changesets.ts';

const post = stored('Post', {
  id: 7n,
  title: 'A story...',
  body: 'Once',
  authorId: 1n,
  lockVersion: 1,
  insertedAt: new Date('2026-01-01T00:00:00Z'),
});
const fields = ['title', 'body', 'authorId', 'lockVersion', 'insertedAt'];

describe('cast', () => {
  test.each<[string, object, Values]>([
    ['keeps what differs', { title: 'B', body: 'Once' }, { title: 'B' }],
    ['leaves an absent field alone', {}, {}],
    ['takes undefined for absent', { title: undefined }, {}],
    ['clears with null', { body: null, title: null }, { body: null, title: null }],
    ['clears with blank text', { body: ' \n', title: '' }, { body: null, title: null }],
    ['clears a key with blank text', { authorId: '' }, { authorId: null }],
    ['does not trim', { body: ' x ' }, { body: ' x ' }],
    [
      'reads a number from text',
      { authorId: '2', lockVersion: '+3' },
      { authorId: 2n, lockVersion: 3 },
    ],
    [
      'compares after the cast',
      {
        authorId: '1',
        lockVersion: '1',
        insertedAt: '2026-01-01T00:00:00.000Z',
      },
      {},
    ],
    [
      'reads a moment without zone as UTC',
      { insertedAt: '2026-02-01T00:00:00' },
      { insertedAt: new Date('2026-02-01T00:00:00Z') },
    ],
    ['ignores what is not permitted', { id: '9', updatedAt: 'x', nonsense: 1 }, {}],
    [
      'does not look into the prototype',
      Object.create(null, {
        title: { value: 'C', enumerable: true },
      }) as object,
      { title: 'C' },
    ],
  ])('%s', (_name, params, changes) => {
    const changeset = cast(post, { ...params }, fields);
    expect(changeset).toMatchObject({ valid: true, errors: [] });
    expect(changeset.changes).toEqual(changes);
    expect(hasChanges(changeset)).toBe(Object.keys(changes).length > 0);
  });

  test.each<[string, unknown, string]>([
    ['authorId', 'x', 'BigInt'],
    ['authorId', '9223372036854775808', 'BigInt'],
    ['authorId', 1.5, 'BigInt'],
    ['authorId', {}, 'BigInt'],
    ['lockVersion', '2147483648', 'Int'],
    ['lockVersion', true, 'Int'],
    ['title', 7, 'String'],
    ['title', 'a\u0000', 'String'],
    ['title', '\udc00', 'String'],
    ['title', ['a'], 'String'],
    ['insertedAt', 'yesterday', 'DateTime'],
  ])('refuses %s: %j', (name, value, type) => {
    const changeset = cast(post, { [name]: value, body: 'new' }, fields);
    expect(changeset.valid).toBe(false);
    expect(changeset.changes).toEqual({ body: 'new' });
    expect(changeset.errors).toEqual([
      {
        field: name,
        message: 'is invalid',
        code: 'INVALID',
        params: { type, validation: 'cast' },
      },
    ]);
  });

  test('starts a new record from its defaults, which are no changes', () => {
    const start = buildStruct(blog.model('Post'));
    expect(cast(start, { lockVersion: 1, title: '' }, fields).changes).toEqual({});
    expect(cast(start, { title: 'A' }, fields).changes).toEqual({ title: 'A' });
  });

  test('of a changeset goes on from its changes: the later one wins', () => {
    const first = cast(post, { title: 'B', body: 'x' }, fields);
    const second = cast(first, { title: 'A story...', body: 'y' }, fields);
    expect(second.changes).toEqual({ body: 'y' });
    expect(second.params).toEqual({ title: 'A story...', body: 'y' });
    expect(first.changes).toEqual({ title: 'B', body: 'x' });
  });

  test('takes what counts as empty, forced changes and a message', () => {
    const isEmpty = (value: unknown) => value === '-';
    expect(cast(post, { body: '-', title: '' }, fields, { isEmpty }).changes).toEqual({
      body: null,
      title: '',
    });
    expect(cast(post, { title: 'A story...' }, fields, { forceChanges: true }).changes).toEqual({
      title: 'A story...',
    });
    expect(cast(post, { authorId: 'x' }, fields, { message: 'no id' }).errors).toMatchObject([
      { message: 'no id' },
    ]);
  });

  test.each<[string, () => unknown, string]>([
    [
      'a list for params',
      () => cast(post, [] as never, fields),
      'cannot cast Post: params must be a plain object, got a list.',
    ],
    [
      'null for params',
      () => cast(post, null as never, fields),
      'cannot cast Post: params must be a plain object, got null.',
    ],
    [
      'text for params',
      () => cast(post, 'x' as never, fields),
      'cannot cast Post: params must be a plain object, got a string.',
    ],
    [
      'an unknown field',
      () => cast(post, {}, ['name']),
      'cannot cast "name" of Post: there is no such field.',
    ],
    [
      'an association',
      () => cast(post, {}, ['comments']),
      'cannot cast "comments" of Post: it is an association: use castAssoc or putAssoc.',
    ],
  ])('throws for %s', (_name, misuse, message) => {
    expect(misuse).toThrow(message);
  });

  test.each<[unknown, boolean]>([
    [{}, true],
    [Object.create(null), true],
    [[], false],
    [null, false],
    ['text', false],
    [new Date(), false],
    [new Map(), false],
  ])('params are plain objects: %j', (value, expected) => {
    expect(isParams(value)).toBe(expected);
  });
});

describe('a changeset', () => {
  test('changed to what is stored is unchanged', () => {
    const changed = change(post, { title: 'B', authorId: 2n });
    expect(changed.changes).toEqual({ title: 'B', authorId: 2n });
    expect(putChange(changed, 'title', 'A story...').changes).toEqual({
      authorId: 2n,
    });
    expect(hasChanges(change(changed, { title: 'A story...', authorId: 1n }))).toBe(false);
  });

  test('tells the change and the value of a field', () => {
    const changed = change(post, { body: null });
    expect(getChange(changed, 'body')).toBeNull();
    expect(getChange(changed, 'title')).toBeUndefined();
    expect(getField(changed, 'body')).toBeNull();
    expect(getField(changed, 'title')).toBe('A story...');
  });

  test('with an error is invalid, and the one before is as it was', () => {
    const start = change(post);
    const wrong = addError(start, 'title', 'is %{what}', {
      params: { what: 'odd' },
      code: 'FORMAT',
    });
    expect(wrong).toMatchObject({
      valid: false,
      errors: [
        {
          field: 'title',
          message: 'is %{what}',
          params: { what: 'odd' },
          code: 'FORMAT',
        },
      ],
    });
    expect(start).toMatchObject({ valid: true, errors: [] });
  });

  test.each<[string, Value, string]>([
    [
      'authorId',
      '2',
      'cannot put "2" as "authorId" of Post: it is not of type BigInt. Cast it first.',
    ],
    ['title', 7, 'cannot put 7 as "title" of Post: it is not of type String. Cast it first.'],
    ['name', 'x', 'cannot put "name" of Post: there is no such field.'],
    [
      'author',
      null,
      'cannot put "author" of Post: it is an association: use castAssoc or putAssoc.',
    ],
  ])('takes only typed values of its fields: %s', (name, value, message) => {
    expect(() => putChange(change(post), name, value)).toThrow(message);
  });
});
