import { describe, expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import type { AssocOptions, CastAssocOptions } from '../../src/changeset/assoc/options.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { change, putAction } from '../../src/changeset/changeset.ts';
import { listErrors } from '../../src/changeset/traverse-errors.ts';
import { validateRequired } from '../../src/changeset/validate/validate.ts';
import type { Struct } from '../../src/model/struct.ts';
import { loadStruct } from '../../src/model/struct.ts';
import type { Values } from '../../src/model/value.ts';
import { modelOf, modelsWith } from '../support/core.ts';

const models = modelsWith();
const load = (model: string, fields: Values) => loadStruct(modelOf(models, model), fields);

/** Of each kind of association: its record, and the field of it that changes. */
const kinds: readonly (readonly [string, string, Struct])[] = [
  ['comments', 'body', load('Comment', { id: 10n, body: 'a', post_id: 7n })],
  ['permalink', 'url', load('Permalink', { id: 5n, url: 'a', post_id: 7n })],
  ['tags', 'name', load('Tag', { id: 1n, name: 'a' })],
  ['author', 'name', load('Author', { id: 2n, name: 'a' })],
];

const isMany = (name: string) => name === 'comments' || name === 'tags';

/**
 * A post whose association is loaded, and changed to begin with: the field of its record is `b`.
 */
function changed(name: string, field: string, record: Struct): Changeset {
  const post = loadStruct(
    modelOf(models, 'Post'),
    { id: 7n, title: 't', author_id: 2n },
    { [name]: isMany(name) ? [record] : record },
  );
  return castOf(change(post), name, { id: record.fields['id'], [field]: 'b' });
}

const withAll: CastAssocOptions = {
  with: (child, params) => {
    const [field = ''] = ['body', 'url', 'name'].filter((known) => child.model.fields.has(known));
    const done = cast(child, params, [field]);
    const action = params['skip'] ? putAction(done, 'ignore') : done;
    return validateRequired(action, [field]);
  },
};

function castOf(
  changeset: Changeset,
  name: string,
  entry: object | null,
  options: AssocOptions = {},
): Changeset {
  const list = entry === null ? [] : [entry];
  const params = { [name]: isMany(name) ? list : entry };
  return castAssoc(cast(changeset, params, []), name, {
    ...withAll,
    ...options,
  });
}

function putOf(
  changeset: Changeset,
  name: string,
  record: Struct | Changeset | null,
  options: AssocOptions = {},
): Changeset {
  const list = record === null ? [] : [record];
  return putAssoc(changeset, name, isMany(name) ? list : record, options);
}

describe.each(kinds)('a change of %s stands', (name, field, record) => {
  const { id } = record.fields;
  const start = changed(name, field, record);
  const refusing = { onReplace: 'markAsInvalid' } as const;

  test.each<[string, () => Changeset]>([
    ['where a cast changes nothing', () => castOf(start, name, { id })],
    [
      'where a cast changes nothing and shows all',
      () => castOf(start, name, { id }, { keepUnchanged: true }),
    ],
    ['where a cast ignores its entries', () => castOf(start, name, { id, skip: true })],
  ])('%s', (_name, again) => {
    expect(again().assocs).toEqual(start.assocs);
    expect(again().valid).toBe(true);
  });

  test.each<[string, () => Changeset]>([
    ['a cast is refused', () => castOf(start, name, null, refusing)],
    ['a put is refused', () => putOf(start, name, null, refusing)],
    [
      'what is cast is of another shape',
      () => castAssoc(cast(start, { [name]: 'x' }, []), name, withAll),
    ],
    ['what is put is of another shape', () => putAssoc(start, name, 'x')],
  ])('beside the error where %s', (_name, again) => {
    expect(again().assocs).toEqual(start.assocs);
    expect(listErrors(again()).map(({ message }) => message)).toEqual(['is invalid']);
  });

  test('until another cast or put takes its place', () => {
    const entries = (changeset: Changeset) =>
      changeset.assocs[name]?.entries.map(({ changeset: { changes } }) => changes);
    expect(entries(castOf(start, name, { id, [field]: 'c' }))).toEqual([{ [field]: 'c' }]);
    const put = putOf(start, name, change(record, { [field]: 'd' }));
    expect(entries(put)).toEqual([{ [field]: 'd' }]);
  });

  test.each<[string, Struct | Changeset]>([
    ['what is there is put', record],
    ['what is there is put as a changeset', change(record)],
    ['what is put is to be ignored', putAction(change(record), 'ignore')],
  ])('until %s', (_name, item) => {
    expect(putOf(start, name, item).assocs).toEqual({});
  });
});

describe.each(kinds)('an invalid change of %s', (name, field, record) => {
  const { id } = record.fields;
  const start = castOf(changed(name, field, record), name, { id, [field]: '' });

  test.each<[string, () => Changeset, boolean]>([
    ['a cast that changes nothing', () => castOf(start, name, { id }), false],
    ['a valid cast', () => castOf(start, name, { id, [field]: 'c' }), true],
    ['a put of what is there', () => putOf(start, name, record), true],
    ['a valid put', () => putOf(start, name, change(record, { [field]: 'd' })), true],
  ])('and after it %s', (_name, again, valid) => {
    expect(start.valid).toBe(false);
    expect(again().valid).toBe(valid);
  });
});

describe('an emptied parent that the foreign key cannot be without', () => {
  const post = loadStruct(modelOf(models, 'Post'), { id: 7n, title: 't' });
  const stored = { id: 10n, body: 'a', post_id: 7n };
  const comment = loadStruct(modelOf(models, 'Comment'), stored, { post });
  const emptied = (options: Partial<CastAssocOptions> = {}) =>
    castAssoc(cast(comment, { post: null }, []), 'post', {
      ...withAll,
      onReplace: 'nilify',
      ...options,
    });
  const other = loadStruct(modelOf(models, 'Post'), { id: 8n, title: 'u' });
  const messages = (changeset: Changeset) => listErrors(changeset).map(({ message }) => message);

  test.each<[string, Changeset, readonly string[]]>([
    ['is refused', emptied(), ["can't be blank"]],
    [
      'is no matter once another is put',
      putAssoc(emptied(), 'post', other, { onReplace: 'nilify' }),
      [],
    ],
    ['is no matter once the one that is there is put', putAssoc(emptied(), 'post', post), []],
    [
      'is refused still where a cast names the one that is there',
      castAssoc(cast(emptied(), { post: { id: 7 } }, []), 'post', withAll),
      ["can't be blank"],
    ],
    [
      'is refused still where the cast required it',
      putAssoc(emptied({ required: true, requiredMessage: 'needed' }), 'post', post),
      ['needed'],
    ],
  ])('%s', (_, changeset, expected) => {
    expect(messages(changeset)).toEqual(expected);
    expect(changeset.valid).toBe(expected.length === 0);
  });
});

test('attributes of a list that markAsInvalid refuses are not held against their types', () => {
  const [, , record] = kinds[2] ?? [];
  const post = loadStruct(modelOf(models, 'Post'), { id: 7n, title: 't' }, { tags: [record!] });
  const put = putAssoc(change(post), 'tags', [{ name: 5 }], { onReplace: 'markAsInvalid' });
  expect(listErrors(put)).toMatchObject([{ code: 'REPLACE_NOT_ALLOWED' }]);
  expect(() => putAssoc(change(post), 'tags', [{ name: 5 }], { onReplace: 'delete' })).toThrow(
    'cannot put 5 as "name" of Tag: it is not of type String.',
  );
});
