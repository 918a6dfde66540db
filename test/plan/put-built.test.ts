import { describe, expect, test } from 'vitest';
import { putAssoc } from '../../src/changeset/assoc/assoc.ts';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { change, putAction } from '../../src/changeset/changeset.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import type { Struct } from '../../src/model/struct.ts';
import { buildStruct, loadStruct, withAssoc } from '../../src/model/struct.ts';
import { planWrite } from '../../src/plan/plan-write.ts';
import { readCaseModels } from '../ecto/models.ts';

const models = readCaseModels({});
const build = (model: string, fields: Struct['fields']) =>
  buildStruct(getModel(models, model), fields);
const load = (model: string, fields: Struct['fields']) =>
  loadStruct(getModel(models, model), fields);

const author = load('Author', { id: 1n, name: 'Ann' });
const post = loadStruct(
  getModel(models, 'Post'),
  { id: 7n, title: 'A', author_id: 1n },
  {
    author,
    notes: [load('Note', { id: 30n, body: 'n', post_id: 7n })],
    permalink: load('Permalink', { id: 5n, url: 'a', post_id: 7n }),
    tags: [load('Tag', { id: 1n, name: 'a' })],
  },
);

const planOf = (changeset: Changeset) => planWrite(changeset).plan.operations;
const put = (name: string, value: unknown) => putAssoc(change(post), name, value);

describe('a built record put with the key of a current one is that record', () => {
  test.each<[string, unknown]>([
    ['notes', [build('Note', { id: 30n, body: 'x' })]],
    ['permalink', build('Permalink', { id: 5n, url: 'x' })],
    ['tags', [build('Tag', { id: 1n, name: 'x' })]],
    ['author', build('Author', { id: 1n, name: 'x' })],
  ])('and stays as it is: %s', (name, value) => {
    expect(put(name, value).assocs).toEqual({});
  });

  test.each<[string, unknown, object]>([
    [
      'notes',
      [change(build('Note', { id: 30n }), { body: 'x' })],
      {
        from: { body: 'n', post_id: 7n },
        changes: { body: 'x', post_id: 7n },
        expects: { post_id: 7n },
      },
    ],
    [
      'permalink',
      change(build('Permalink', { id: 5n }), { url: 'x' }),
      {
        from: { url: 'a', post_id: 7n },
        changes: { url: 'x', post_id: 7n },
        expects: { post_id: 7n },
      },
    ],
    [
      'tags',
      [change(build('Tag', { id: 1n }), { name: 'x' })],
      { changes: { name: 'x' }, expects: {} },
    ],
    [
      'author',
      change(build('Author', { id: 1n }), { name: 'x' }),
      { changes: { name: 'x' }, expects: {} },
    ],
  ])('and its changes are written to it: %s', (name, value, expected) => {
    const writes = planOf(put(name, value)).filter(({ action }) => action !== 'unchanged');
    expect(writes).toMatchObject([{ action: 'update', ...expected }]);
  });

  test('below a new owner, of whose records nothing is known as stored', () => {
    const held = build('Note', { id: 30n, body: 'n' });
    const owner = withAssoc(build('Post', { title: 'B' }), 'notes', [held]);
    const value = [change(build('Note', { id: 30n }), { body: 'x' })];
    const operations = planOf(putAssoc(change(owner), 'notes', value));
    expect(operations).toMatchObject([
      { action: 'insert', model: 'Post' },
      { action: 'update', model: 'Note', expects: {} },
    ]);
    expect(operations[1]).toHaveProperty('expects', {});
  });
});

describe('a record put to be deleted', () => {
  test.each([
    ['notes', build('Note', { body: 'x' })],
    ['tags', build('Tag', { name: 'x' })],
  ])('needs its key: %s', (name, record) => {
    const current = post.assocs[name];
    const value = [...(Array.isArray(current) ? current : []), putAction(change(record), 'delete')];
    expect(() => planOf(put(name, value))).toThrow(`it has no value of its key "id"`);
  });

  test.each<[string, Struct, string | null]>([
    ['of the owner is deleted within it', load('Note', { id: 30n }), 'notes'],
    ['of another owner is deleted by itself', load('Note', { id: 40n, post_id: 8n }), null],
  ])('%s', (_name, record, association) => {
    const stays = record.fields['id'] === 30n ? [] : [post.assocs['notes']];
    const value = [...stays.flat(), putAction(change(record), 'delete')];
    const [gone] = planOf(put('notes', value));
    expect(gone).toMatchObject({
      action: 'delete',
      via: association && { association },
    });
  });
});
