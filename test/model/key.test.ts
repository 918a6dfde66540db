import fc from 'fast-check';
import { expect, test } from 'vitest';
import { putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { change } from '../../src/changeset/changeset.ts';
import { getModel, readModels } from '../../src/model/datamodel/read-models.ts';
import {
  castId,
  castKey,
  foreignKeyTexts,
  idText,
  renameKey,
  uniqueKeyTexts,
} from '../../src/model/key.ts';
import type { Model, ScalarType } from '../../src/model/model.ts';
import { loadStruct } from '../../src/model/struct.ts';
import { blog } from '../../src/blog/domain.ts';
import { holds } from '../support/holds.ts';

const comment = getModel(blog.models, 'Comment');
const postTag = getModel(blog.models, 'PostTag');

test.each([
  ['a number in text', { id: '7' }, [7n]],
  ['no key', {}, [null]],
  ['what is no id', { id: 'x' }, [undefined]],
])('castKey reads %s', (_what, params, key) => {
  expect(castKey(comment, params)).toEqual(key);
});

test.each([
  ['one part, as it is', ['a,\\b'], 'a,\\b'],
  ['several parts', [7n, 1], '7,1'],
  ['commas and backslashes in a part', ['a,b', '\\', '\\,'], 'a\\,b,\\\\,\\\\\\,'],
  ['empty parts', ['', ''], ','],
  ['a moment', [new Date(0), 1], '1970-01-01T00:00:00.000Z,1'],
])('idText writes %s', (_what, key, text) => {
  expect(idText(key)).toBe(text);
});

/** A model whose key is of parts of these types. */
function keyed(...types: ScalarType[]): Model {
  const [first = ''] = comment.primaryKey;
  const field = comment.fields.get(first);
  if (!field) throw new Error('there is no key');
  const fields = new Map(
    types.map((type, i) => [`part${i}`, { ...field, name: `part${i}`, type }]),
  );
  return { ...comment, fields, primaryKey: [...fields.keys()] };
}

test('castId reads what idText writes, of parts of any text', async () => {
  await holds(fc.array(fc.string(), { minLength: 1, maxLength: 3 }), (sent) => {
    // No column holds NUL or half a character.
    const texts = sent.map((text) => text.replace(/\0|\p{Surrogate}/gu, ''));
    expect(castId(keyed(...texts.map(() => 'String' as const)), idText(texts))).toEqual(texts);
  });
});

test.each([
  ['parts of another type', '7,x', [7, undefined]],
  ['too few parts', '7', [undefined, undefined]],
  ['too many parts', '7,8,9', [undefined, undefined]],
  ['no text', 7, [undefined, undefined]],
  ['no id', null, [null, null]],
  ['parts in any notation of theirs', '07,8', [7, 8]],
])('castId of a key of two Ints reads %s', (_what, id, key) => {
  expect(castId(keyed('Int', 'Int'), id)).toEqual(key);
});

test('a foreign key has the values of the key that it points to', () => {
  expect(renameKey({ a: 1, b: 2 }, ['a', 'b', 'c'], ['x', 'y', 'z'])).toEqual({
    x: 1,
    y: 2,
    z: null,
  });
});

test('the text of a foreign key is that of the unique key it points to', () => {
  const [post] = uniqueKeyTexts(getModel(blog.models, 'Post'), { id: 7n });
  expect(foreignKeyTexts(comment, { postId: 7n })).toEqual([post?.text]);
});

test('a key with a null has no text', () => {
  expect(foreignKeyTexts(comment, { postId: null })).toEqual([]);
  expect(uniqueKeyTexts(postTag, { postId: 7n, tagId: null })).toEqual([]);
});

const models = readModels({
  enums: {},
  models: {
    Page: {
      table: 'Page',
      key: ['id'],
      uniques: [],
      fields: { id: { type: 'Int' } },
      associations: {
        links: {
          kind: 'hasMany',
          to: 'Link',
          required: true,
          ownerKey: ['id'],
          relatedKey: ['pageId'],
        },
      },
    },
    Link: {
      table: 'Link',
      key: ['id'],
      uniques: [],
      fields: { id: { type: 'String', native: 'Uuid' }, pageId: { type: 'Int' } },
      associations: {},
    },
  },
});

test('putAssoc finds the current record of a UUID in capitals', () => {
  const id = '0b6c2a52-6d9f-4a53-9f0e-2f7f1f3c9a10';
  const link = loadStruct(getModel(models, 'Link'), { id, pageId: 1 });
  const page = loadStruct(getModel(models, 'Page'), { id: 1 }, { links: [link] });
  const changeset = putAssoc(change(page), 'links', [{ id: id.toUpperCase() }]);
  expect(changeset.assocs).toEqual({});
});
