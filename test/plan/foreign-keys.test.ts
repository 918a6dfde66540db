import { describe, expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { change } from '../../src/changeset/changeset.ts';
import type { Assocs, Struct } from '../../src/model/struct.ts';
import { buildStruct, loadStruct } from '../../src/model/struct.ts';
import type { Values } from '../../src/model/value.ts';
import { planWrite } from '../../src/plan/plan-write.ts';
import { modelOf, modelsWith } from '../support/core.ts';

/*
 * A foreign key that its record's data, its changes, its owner and its belongs_to may each name,
 * and not the same. Posts 7 and 8 are stored; the owner, if any, is post 7 or a new one.
 */

const models = modelsWith({
  'Note.post': { onReplace: 'nilify' },
  'Permalink.post': { onReplace: 'nilify' },
});

function stored(name: string, fields: Values, assocs: Assocs = {}): Struct {
  return loadStruct(modelOf(models, name), fields, assocs);
}

function built(name: string, fields: Values, assocs: Assocs = {}): Struct {
  return { ...buildStruct(modelOf(models, name), fields), assocs };
}

const post = (id: bigint) => stored('Post', { id, title: `post ${id}` });
const newPost = built('Post', { title: 'new' });
const newNote = (fields: Values = {}, assocs: Assocs = {}) =>
  built('Note', { body: 'x', ...fields }, assocs);
const storedNote = (key: bigint) =>
  stored('Note', { id: 30n, body: 'x', post_id: key }, { post: post(key) });

/** Ways in which a belongs_to comes to a changeset. */
const put = (value: unknown) => (changeset: Changeset) => putAssoc(changeset, 'post', value);
const castOf = (value: unknown) => (changeset: Changeset) =>
  castAssoc({ ...changeset, params: { post: value } }, 'post', {
    with: (child, params) => cast(child, params, ['title']),
  });

/** Puts a changeset as the only note of an owner. */
const below = (owner: Struct) => (changeset: Changeset) =>
  putAssoc(change(owner), 'notes', [changeset]);
const alone = (changeset: Changeset) => changeset;

const post7 = stored('Post', { id: 7n, title: 'A' }, { notes: [] });

/** Who gives a note the key of post 7 before its belongs_to is looked at. */
const given = {
  'the data of a new record': [change(newNote({ post_id: 7n })), alone],
  'a change of a new record': [change(newNote(), { post_id: 7n }), alone],
  'a change of a stored record': [change(storedNote(8n), { post_id: 7n }), alone],
  'the owner of a new record': [change(newNote()), below(post7)],
  'the owner of a record of another': [change(storedNote(8n)), below(post7)],
} as const;

const elsewhere = [
  ['put to another record', put(post(9n))],
  ['put to a new record', put(newPost)],
  ['put to attributes', put({ title: 'new' })],
  ['put to none', put(null)],
  ['cast to a new record', castOf({ title: 'new' })],
  ['cast to none', castOf(null)],
] as const;

const refused =
  'cannot change "post" of Note: its foreign key "post_id" is set to another record. Change one of them.';

/** The operations of notes that a changeset is planned as. */
const notesOf = (changeset: Changeset) =>
  planWrite(changeset).plan.operations.filter(({ model }) => model === 'Note');

describe.each(Object.entries(given))('a key that %s gives', (_who, row) => {
  const [note, place] = row;

  test.each(elsewhere)('refuses a belongs_to that is %s', (_how, point) => {
    expect(() => planWrite(place(point(note)))).toThrow(refused);
  });

  test('agrees with a belongs_to to the same record', () => {
    const key = { post_id: 7n };
    const written = note.data.state === 'built' ? { values: key } : { changes: key };
    const agreed = place(put(post(7n))(note));
    expect(notesOf(agreed)).toMatchObject([{ ...written, references: [] }]);
  });
});

test.each(elsewhere)(
  'a new owner refuses a belongs_to of a new record that is %s',
  (_how, point) => {
    const owner = below(newPost)(point(change(newNote())));
    expect(() => planWrite(owner)).toThrow(refused);
  },
);

describe('a parent that a new record merely holds', () => {
  test.each([
    ['alone', (note: Struct) => change(note)],
    ['below a stored owner', (note: Struct) => below(post7)(change(note))],
    [
      'below a new owner that holds it',
      (note: Struct) => change(built('Post', { title: 'A' }, { notes: [note] })),
    ],
  ])('is refused beside another key: %s', (_where, place) => {
    const note = newNote({ post_id: 9n }, { post: post(8n) });
    expect(() => planWrite(place(note))).toThrow(refused);
  });

  test.each([
    ['in its data', change(newNote({ post_id: 7n }, { post: null })), 7n],
    ['in its changes', change(newNote({}, { post: null }), { post_id: 7n }), 7n],
    ['put to none as it is', put(null)(change(newNote({}, { post: null }), { post_id: 7n })), 7n],
    ['of its owner', below(post7)(change(newNote({}, { post: null }))), 7n],
  ])('is no change where it is null, and the key %s stands', (...row) => {
    const [, changeset, key] = row;
    const values = { body: 'x', post_id: key };
    expect(notesOf(changeset)).toMatchObject([{ values, references: [] }]);
  });

  test('is no change where it is null below a list that gives no key', () => {
    const tag = stored('Tag', { id: 1n, name: 'a' }, { posts: [] });
    const held = built('Post', { title: 'A', author_id: 1n }, { author: null });
    const { plan } = planWrite(putAssoc(change(tag), 'posts', [held]));
    expect(plan.operations[0]).toMatchObject({
      action: 'insert',
      values: { title: 'A', author_id: 1n },
    });
  });
});

describe('a stored child of a stored owner', () => {
  const permalink = stored('Permalink', { id: 5n, url: 'a', post_id: 7n }, { post: post(7n) });
  const owner = stored('Post', { id: 7n, title: 'A' }, { notes: [storedNote(7n)], permalink });
  const kinds = [
    ['notes', storedNote(7n), (child: Changeset) => [child]],
    ['permalink', permalink, (child: Changeset) => child],
  ] as const;
  const cases = kinds.flatMap((kind) =>
    elsewhere.map(([how, point]) => [kind[0], how, point, kind] as const),
  );

  test.each(cases)('of %s moves where its belongs_to is %s', (...row) => {
    const [name, how, point, [, record, items]] = row;
    const value = items(point(change(record)));
    const { operations } = planWrite(putAssoc(change(owner), name, value)).plan;
    const key = how.includes('none') ? null : 9n;
    const to =
      how.includes('new') || how.includes('attributes')
        ? { changes: {}, references: [{ fields: ['post_id'], to: 0 }] }
        : { changes: { post_id: key }, references: [] };
    const { name: model } = record.model;
    expect(operations.filter((one) => one.model === model)).toMatchObject([
      { action: 'update', from: { post_id: 7n }, ...to },
    ]);
  });

  test('stays where only its foreign key is changed', () => {
    const changeset = change(storedNote(7n), { post_id: 8n });
    expect(notesOf(below(owner)(changeset))).toMatchObject([{ action: 'unchanged' }]);
  });
});
