import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { castAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { uniqueConstraint } from '../../src/changeset/constraint/constraint.ts';
import { listErrors } from '../../src/changeset/traverse-errors.ts';
import { getModel, readModels } from '../../src/model/datamodel/read-models.ts';
import type { Values } from '../../src/model/value.ts';
import { makeRepo } from '../../src/repo/repo.ts';
import { holds } from '../support/holds.ts';
import { useKeys } from '../support/keys.ts';
import { writing } from '../support/write-way.ts';
import { datamodel } from './keys/generated/datamodel.ts';

/*
 * Rows that exchange unique values in one write.
 */

const models = readModels(datamodel, { Slot: { version: 'version' } });
const NOW = new Date('2026-01-01T00:00:00.000Z');
const { client, statements: sent, sql } = useKeys();
const repo = makeRepo(client, models, { now: () => NOW, ...writing });

beforeAll(() => sql(`ALTER TABLE "Slot" ADD CONSTRAINT filled CHECK (heading <> '')`));
afterAll(() => sql('ALTER TABLE "Slot" DROP CONSTRAINT filled'));

const columns = [
  'text',
  'letter',
  'note',
  'number',
  'place',
  'serial',
  'row',
  'seat',
  'heading',
] as const;

/** A slot in which every unique value is made of its number. */
function slot(i: number): Values {
  return {
    shelfId: 1,
    text: `text ${i}`,
    letter: String.fromCodePoint(96 + i),
    note: `note ${i}`,
    number: i,
    place: i,
    serial: `00000000-0000-4000-8000-00000000000${i}`,
    row: i,
    seat: `s${i}`,
    heading: `heading ${i}`,
  };
}

/** Slots 1 to 3 are on shelf 1, slot 4 is on none that the tests change. */
beforeEach(async () => {
  await client.shelf.createMany({ data: [{}, {}] });
  const slots = [1, 2, 3, 4].map((i) => ({ ...slot(i), shelfId: i === 4 ? 2 : 1, made: NOW }));
  await client.slot.createMany({ data: slots as never });
});

/** Casts the slots of shelf 1; gives the paths of the errors. */
async function castSlots(slots: readonly Values[]): Promise<readonly string[]> {
  const [shelf] = await repo.all(getModel(models, 'Shelf'));
  if (!shelf) throw new Error('there is no shelf');
  const loaded = await repo.preload(shelf, ['slots']);
  const changeset = castAssoc(cast(loaded, { slots }, []), 'slots', {
    with: (child, params) =>
      [...columns, ['row', 'seat']].reduce(
        (done, key) => {
          const fields = typeof key === 'string' ? [key] : key;
          const index = `Slot_${fields.join('_')}_key`;
          return uniqueConstraint(done, fields, { name: index });
        },
        cast(child, params, columns),
      ),
  });
  sent.length = 0;
  const outcome = await repo.update(changeset);
  return outcome.ok
    ? []
    : listErrors(outcome.changeset).map(({ path, code }) => `${code} ${path.join('.')}`);
}

/** What the given fields of all slots hold. */
async function held(fields: readonly string[]): Promise<readonly Values[]> {
  const list = fields.map((field) => `"${field}"`).join(', ');
  return sql(`SELECT id, ${list} FROM "Slot" ORDER BY id`);
}

/** The statements that park rows. */
const parkings = () =>
  sent.filter((text) => text.includes('UPDATE "Slot" ') && text.includes('pg_constraint'));

/**
 * The rows of an exchange: each gets, in the fields, what the next has; the last what the first
 * has.
 */
const passedRound = (fields: readonly string[], count: number) =>
  Array.from({ length: 3 }, (_, i) => ({
    id: i + 1,
    ...(i < count ? pick(slot(((i + 1) % count) + 1), fields) : {}),
  }));

function pick(values: Values, fields: readonly string[]): Values {
  return Object.fromEntries(fields.map((field) => [field, values[field] ?? null]));
}

describe.each([2, 3])('a circle of %i rows', (count) => {
  test.each([
    ['text', ['text']],
    ['text of one character', ['letter']],
    ['text that may be null', ['note']],
    ['a number', ['number']],
    ['text together with a number', ['text', 'number']],
    ['a number that may be null', ['place']],
    ['a key of two fields, of which one is text', ['row', 'seat']],
    ['the text of a key of two fields, where the other is the same', ['seat']],
    ['the number of a key of two fields, where the text is the same', ['row']],
    ['several keys at once', ['text', 'note', 'place', 'row', 'seat']],
  ])('exchanges %s', async (_title, fields) => {
    if (fields.join() === 'seat') await sql('UPDATE "Slot" SET row = 1 WHERE id < 4');
    if (fields.join() === 'row') await sql(`UPDATE "Slot" SET seat = 's' WHERE id < 4`);
    const before = await held(['version', 'made']);
    const rows = passedRound(fields, count);
    expect(await castSlots(rows)).toEqual([]);
    const after = await held([...fields, 'version', 'made', 'changed']);
    expect(after.slice(0, 3)).toMatchObject(rows);
    expect(after.map(({ version }) => version)).toEqual(
      [1, 2, 3, 4].map((id) => (id <= count ? 2 : 1)),
    );
    expect(after.slice(0, count).map(({ changed }) => changed)).toEqual(
      rows.slice(0, count).map(() => NOW),
    );
    expect(after.map(({ made }) => made)).toEqual(before.map(({ made }) => made));
    const keys = fields.filter((field) => field !== 'seat' || fields.length === 1);
    expect(parkings()).toHaveLength(keys.length);
  });

  test.each([
    ['a UUID', ['serial']],
    ['text with a CHECK', ['heading']],
    ['text together with a UUID', ['text', 'serial']],
  ])('is UNIQUE at the first where it exchanges %s', async (_title, fields) => {
    const before = await held(columns);
    const [last] = fields.toReversed();
    expect(await castSlots(passedRound(fields, count))).toEqual([`UNIQUE slots.0.${last}`]);
    expect(await held([...columns])).toEqual(before);
  });

  test('is UNIQUE at the row that takes what a row outside has', async () => {
    const before = await held(columns);
    const rows = passedRound(['text'], count);
    for (const taker of [0, 1, 2]) {
      const taking = rows.map((row, i) => (i === taker ? { ...row, note: 'note 4' } : row));
      expect(await castSlots(taking)).toEqual([`UNIQUE slots.${taker}.note`]);
      expect(await held(columns)).toEqual(before);
    }
  });
});

test('rows that pass a value on in one direction are not parked', async () => {
  const rows = [
    { id: 1, text: 'text 2' },
    { id: 2, text: 'text 3' },
    { id: 3, text: 'new' },
  ];
  expect(await castSlots(rows)).toEqual([]);
  expect(parkings()).toEqual([]);
});

/** Fills another shelf, so that of the 6,400 texts that rows are parked in only some are left. */
const fillTexts = (left: readonly number[]) =>
  sql(
    `INSERT INTO "Slot" ("shelfId", changed, text, letter, number, serial, "row", seat, heading)
     SELECT 2, now(), chr(57344 + i), chr(19968 + i), 100 + i, gen_random_uuid(), 100 + i, 's', 'of ' || i
     FROM generate_series(0, 6399) AS i WHERE i <> ALL (ARRAY[${left.join()}]::int[])`,
  );

test('a row is parked in a text that no row has, if there is only one', async () => {
  await fillTexts([3210]);
  const rows = passedRound(['text'], 3);
  expect(await castSlots(rows)).toEqual([]);
  expect((await held(['text'])).slice(0, 3)).toEqual(rows);
});

test('a row is parked in a number that no row has, near the greatest', async () => {
  await sql(
    `INSERT INTO "Slot" ("shelfId", changed, text, letter, number, serial, "row", seat, heading)
     SELECT 2, now(), i, chr(19968 + i), 2147483647 - i, gen_random_uuid(), 100 + i, 's', 'of ' || i
     FROM generate_series(0, 6399) AS i WHERE i <> 3210`,
  );
  const rows = passedRound(['number'], 3);
  expect(await castSlots(rows)).toEqual([]);
  expect((await held(['number'])).slice(0, 3)).toEqual(rows);
});

test('a row is not parked in a text that the same write gives another', async () => {
  const given = { text: String.fromCodePoint(0xe000 + 7) };
  await fillTexts([7]);
  const rows = [...passedRound(['text'], 2).slice(0, 2), { id: 3, ...given }];
  expect(await castSlots(rows)).toEqual(['UNIQUE slots.0.text']);
});

test('it is UNIQUE at the first where every text to park in is taken', async () => {
  await fillTexts([]);
  expect(await castSlots(passedRound(['text'], 2))).toEqual(['UNIQUE slots.0.text']);
});

test('any order of unique values ends as it is asked for, in one step of each row that changes', async () => {
  const ids = [1, 2, 3, 5, 6, 7];
  const own = (id: number) => pick(slot(id), ['text', 'letter', 'place']);
  await sql(
    `INSERT INTO "Slot" (id, "shelfId", changed, text, letter, number, serial, "row", seat, heading)
     SELECT i, 1, now(), i, chr(64 + i), i, gen_random_uuid(), i, 's', i FROM generate_series(5, 7) AS i`,
  );
  const anyOrder = fc.shuffledSubarray(ids, { minLength: ids.length });
  const orders = fc.record({
    text: anyOrder,
    letter: anyOrder,
    place: anyOrder,
  });
  await holds(
    orders,
    async ({ text, letter, place }) => {
      await sql(
        `UPDATE "Slot" SET version = 1, text = 'x' || id, letter = chr(700 + id), place = NULL WHERE "shelfId" = 1;
         UPDATE "Slot" SET text = 'text ' || id, letter = chr(96 + id), place = id WHERE "shelfId" = 1`,
      );
      const rows = ids.map((id, i) => ({
        id,
        ...pick(slot(text[i] ?? 0), ['text']),
        ...pick(slot(letter[i] ?? 0), ['letter']),
        ...pick(slot(place[i] ?? 0), ['place']),
      }));
      expect(await castSlots(rows)).toEqual([]);
      const wanted = rows.map((row) => {
        const isSame = Object.entries(own(row.id)).every(
          ([field, value]) => pick(row, [field])[field] === value,
        );
        return { ...row, version: isSame ? 1 : 2 };
      });
      const outside = { id: 4, ...own(4), version: 1 };
      expect(await held(['text', 'letter', 'place', 'version'])).toEqual(
        wanted.toSpliced(3, 0, outside),
      );
      expect(parkings().length).toBeLessThanOrEqual(3);
    },
    { numRuns: 15 },
  );
});
