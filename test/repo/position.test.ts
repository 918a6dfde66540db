import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { addAssoc, buildAssoc, castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import type { CastAssocOptions } from '../../src/changeset/assoc/options.ts';
import { cast } from '../../src/changeset/cast.ts';
import { change, type Changeset } from '../../src/changeset/changeset.ts';
import { prepareChanges } from '../../src/changeset/optimistic-lock.ts';
import { getModel, readModels } from '../../src/model/datamodel/read-models.ts';
import { buildStruct, listOf, type Struct } from '../../src/model/struct.ts';
import { type Value, valueText } from '../../src/model/value.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { makeRepo } from '../../src/repo/repo.ts';
import { holds } from '../support/holds.ts';
import { useKeys } from '../support/keys.ts';
import { datamodel } from './keys/generated/datamodel.ts';

/*
 * Lists that keep their order in a column. The tracks of an album have UUIDs and are unique by album
 * and number; the numbers of its photos may be missing, or equal.
 */

const models = readModels(datamodel, {
  Album: {
    associations: {
      tracks: { position: 'no', onReplace: 'delete', forceUpdateOnChange: false },
      photos: { position: 'place', onReplace: 'delete', forceUpdateOnChange: false },
    },
  },
});
const { client, statements, sql } = useKeys();
const repo = makeRepo(client, models);

beforeEach(() => client.album.createMany({ data: [{}, {}] }));

/** The lists of an album, and the field that tells their rows. */
const lists = { tracks: 'title', photos: 'name' } as const;
type List = keyof typeof lists;

/** The UUID of a track, which tells nothing of its place. */
const uuid = (title: string) =>
  `00000000-0000-4000-8000-${String(9_999 - (title.codePointAt(0) ?? 0)).padStart(12, '0')}`;

/** Stores the rows of an album: their names, and the numbers that they hold. */
async function store(list: List, rows: readonly (readonly [string, number | null])[], album = 1) {
  const data = rows.map(([row, number]) =>
    list === 'tracks'
      ? { id: uuid(row), title: row, no: number, albumId: album }
      : { name: row, place: number, albumId: album },
  );
  if (list === 'tracks') await client.track.createMany({ data: data as never });
  else await client.photo.createMany({ data: data as never });
}

async function load(album = 1): Promise<Struct> {
  const found = await repo.get(getModel(models, 'Album'), album);
  if (!found) throw new Error(`there is no album ${album}`);
  return repo.preload(found, Object.keys(lists));
}

const textOf = (value: Value | undefined) => valueText(value ?? null);

/** The rows of a list as they are read, `name number`. */
async function read(list: List, album = 1): Promise<readonly string[]> {
  const held = listOf((await load(album)).assocs[list] ?? null);
  return held.map(({ fields }) =>
    [lists[list], list === 'tracks' ? 'no' : 'place']
      .map((field) => textOf(fields[field]))
      .join(' '),
  );
}

/** The changeset in which an album's list becomes these rows: those that are there, or new ones. */
function castRows(
  album: Struct,
  list: List,
  rows: readonly string[],
  options: Partial<CastAssocOptions> = {},
): Changeset {
  const held = new Map(
    listOf(album.assocs[list] ?? null).map(({ fields }) => [fields[lists[list]], fields['id']]),
  );
  const params = rows.map((row) => ({ id: held.get(row), [lists[list]]: row }));
  return castAssoc(cast(album, { [list]: params }, []), list, {
    with: (child, sentRow) => cast(child, sentRow, [lists[list]]),
    ...options,
  });
}

async function write(changeset: Changeset): Promise<Plan> {
  statements.length = 0;
  const outcome = await repo.update(changeset);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.changeset.errors));
  return outcome.plan;
}

/** The writes of a plan, in order: what is done with which row, and the numbers it changes. */
function writesOf({ operations }: Plan): readonly string[] {
  return operations.flatMap((operation) => {
    if (operation.action === 'unchanged') return [];
    const values: { readonly [field: string]: Value } =
      operation.action === 'insert'
        ? operation.values
        : operation.action === 'update'
          ? operation.changes
          : {};
    const number = values['no'] ?? values['place'];
    return number === undefined ? operation.action : `${operation.action} ${textOf(number)}`;
  });
}

const threeTracks = [
  ['a', 1],
  ['b', 2],
  ['c', 3],
] as const;

describe('a list that is cast whole', () => {
  test('is numbered from 1 in the order sent, whatever the keys', async () => {
    const changeset = castRows(buildStruct(getModel(models, 'Album')), 'tracks', ['x', 'a', 'm']);
    const outcome = await repo.insertOrThrow(changeset);
    expect(await read('tracks', Number(outcome.fields['id']))).toEqual(['x 1', 'a 2', 'm 3']);
  });

  test('is not written where it is in the order sent', async () => {
    await store('tracks', threeTracks);
    expect(writesOf(await write(castRows(await load(), 'tracks', ['a', 'b', 'c'])))).toEqual([]);
    expect(statements).toEqual([]);
  });

  test.each<[readonly string[], readonly string[], readonly string[]]>([
    [['a', 'c'], ['delete'], ['a 1', 'c 3']],
    [['c', 'a', 'b'], ['update 0'], ['c 0', 'a 1', 'b 2']],
    [['b', 'a', 'c'], ['update 0'], ['b 0', 'a 1', 'c 3']],
    [['b', 'c', 'a'], ['update 4'], ['b 2', 'c 3', 'a 4']],
    [
      ['a', 'new', 'c'],
      ['delete', 'insert 2'],
      ['a 1', 'new 2', 'c 3'],
    ],
    [['a', 'b', 'c', 'new'], ['insert 4'], ['a 1', 'b 2', 'c 3', 'new 4']],
    [['new'], ['delete', 'delete', 'delete', 'insert 4'], ['new 4']],
  ])('as %j costs %j', async (rows, writes, stored) => {
    await store('tracks', threeTracks);
    expect(writesOf(await write(castRows(await load(), 'tracks', rows)))).toEqual(writes);
    expect(await read('tracks')).toEqual(stored);
  });

  test('shows a move as an UPDATE with its change', async () => {
    await store('tracks', threeTracks);
    const { operations } = await write(castRows(await load(), 'tracks', ['b', 'c', 'a']));
    expect(operations.find(({ action }) => action === 'update')).toMatchObject({
      row: { key: { id: uuid('a') } },
      path: ['tracks', 2],
      reason: 'given',
      from: { no: 1 },
      changes: { no: 4 },
    });
  });

  test('is a change of its owner for the functions that prepareChanges added', async () => {
    await store('tracks', threeTracks);
    const ran: string[] = [];
    const note = async (rows: readonly string[]) => {
      const changeset = castRows(await load(), 'tracks', rows);
      await write(
        prepareChanges(changeset, (owner) => {
          ran.push(rows.join(' '));
          return owner;
        }),
      );
    };
    await note(['a', 'b', 'c']);
    await note(['a', 'c', 'b']);
    expect(ran).toEqual(['a c b']);
  });

  test('lets rows exchange unique numbers between others that stay', async () => {
    const rows = 'abcdefgh'.split('');
    await store(
      'tracks',
      rows.map((row, i) => [row, i + 1]),
    );
    const order = 'abcedfgh'.split('');
    expect(writesOf(await write(castRows(await load(), 'tracks', order)))).toHaveLength(2);
    expect(await read('tracks')).toEqual(order.map((row, i) => `${row} ${i + 1}`));
  });

  test('gives rows without a number, and equal ones, a number of their own once it is written', async () => {
    await store('photos', [
      ['a', 5],
      ['b', 5],
      ['c', null],
      ['d', null],
    ]);
    const inOrder = await load();
    expect(writesOf(await write(castRows(inOrder, 'photos', ['a', 'b', 'c', 'd'])))).toEqual([]);
    await write(castRows(await load(), 'photos', ['a', 'b', 'd', 'c']));
    expect(await read('photos')).toEqual(['a 1', 'b 5', 'd 6', 'c 7']);
  });

  test('makes room below the greatest number of the column', async () => {
    const most = 2 ** 31 - 1;
    await store('tracks', [
      ['a', 1],
      ['b', most],
    ]);
    await write(castRows(await load(), 'tracks', ['a', 'b', 'c']));
    expect(await read('tracks')).toEqual(['a 1', 'b 2', 'c 3']);
  });

  test('takes in what is put there from another list, in its place', async () => {
    await store('tracks', threeTracks);
    await store('tracks', [['x', 2]], 2);
    const [x] = listOf((await load(2)).assocs['tracks'] ?? null);
    const album = await load();
    const [a, b, c] = listOf(album.assocs['tracks'] ?? null);
    expect(writesOf(await write(putAssoc(change(album), 'tracks', [a, x, b, c])))).toEqual([
      'update -1',
      'update 0',
    ]);
    expect(await read('tracks')).toEqual(['a -1', 'x 0', 'b 2', 'c 3']);
    expect(await read('tracks', 2)).toEqual([]);
  });

  test('leaves the number of a row that loses its owner', async () => {
    await store('tracks', threeTracks);
    await write(castRows(await load(), 'tracks', ['b', 'c'], { onReplace: 'nilify' }));
    expect(await client.track.findMany({ where: { albumId: null } })).toMatchObject([{ no: 1 }]);
  });
});

describe('a part of a list', () => {
  /** The album with the rows of a name below "m" loaded. */
  async function loadPart(list: List): Promise<Struct> {
    const where = { [lists[list]]: { lt: 'm' } };
    return repo.preload(await load(), [{ assoc: list, query: { where } }], { force: true });
  }

  test('shares the places that its rows have', async () => {
    await store('tracks', [
      ['a', 1],
      ['x', 2],
      ['b', 5],
      ['y', 6],
      ['c', 9],
    ]);
    const changeset = castRows(await loadPart('tracks'), 'tracks', ['c', 'a', 'b'], {
      partial: true,
    });
    expect(writesOf(await write(changeset)).toSorted()).toEqual([
      'update 1',
      'update 5',
      'update 9',
    ]);
    expect(await read('tracks')).toEqual(['c 1', 'x 2', 'a 5', 'y 6', 'b 9']);
  });

  test('is not written where it is in order, and what is new goes last', async () => {
    await store('tracks', [
      ['a', 1],
      ['x', 7],
      ['b', 5],
    ]);
    const changeset = castRows(await loadPart('tracks'), 'tracks', ['a', 'c', 'b'], {
      partial: true,
    });
    expect(writesOf(await write(changeset))).toEqual(['insert 8']);
    expect(await read('tracks')).toEqual(['a 1', 'b 5', 'x 7', 'c 8']);
  });

  test('has its rows without a place of their own go last', async () => {
    await store('photos', [
      ['a', 3],
      ['b', 3],
      ['c', null],
      ['x', 4],
    ]);
    const changeset = castRows(await loadPart('photos'), 'photos', ['c', 'b', 'a'], {
      partial: true,
    });
    await write(changeset);
    expect(await read('photos')).toEqual(['c 3', 'x 4', 'b 5', 'a 6']);
  });
});

describe('what comes into a list by itself goes last', () => {
  const model = (of: string) => getModel(models, of);

  test('built through its owner: asked for in one statement, under the lock of the owner', async () => {
    await store('tracks', threeTracks);
    const album = await repo.get(model('Album'), 1);
    if (!album) throw new Error('there is no album');
    const added = ['y', 'x'].map((title, i) => ({
      at: ['tracks', i],
      changeset: change(buildAssoc(album, 'tracks', { title })),
    }));
    await write(addAssoc(change(album), 'tracks', added));
    expect(await read('tracks')).toEqual(['a 1', 'b 2', 'c 3', 'y 4', 'x 5']);
    const lock = statements.findIndex(
      (text) => text.includes('FROM "Album"') && text.includes('FOR NO KEY UPDATE'),
    );
    const asked = statements.findIndex((text) => text.includes('MAX('));
    expect(lock).toBeGreaterThanOrEqual(0);
    expect(asked).toBeGreaterThan(lock);
    expect(statements.filter((text) => text.includes('MAX('))).toHaveLength(1);
  });

  test('built with a new owner: nothing is asked for', async () => {
    const album = buildStruct(model('Album'));
    const added = ['y', 'x'].map((title, i) => ({
      at: ['tracks', i],
      changeset: change(buildStruct(model('Track'), { title })),
    }));
    statements.length = 0;
    await repo.insertOrThrow(addAssoc(change(album), 'tracks', added));
    expect(await read('tracks', 3)).toEqual(['y 1', 'x 2']);
    expect(statements.filter((text) => text.includes('MAX('))).toEqual([]);
  });

  test('inserted, or moved, by its foreign key', async () => {
    await store('tracks', threeTracks);
    await store('tracks', [['x', 2]], 2);
    const inserted = buildStruct(model('Track'), { title: 'z', albumId: 2 });
    expect((await repo.insertOrThrow(inserted)).fields['no']).toBe(3);
    const [a] = listOf((await load()).assocs['tracks'] ?? null);
    if (!a) throw new Error('there is no track');
    expect(writesOf(await write(change(a, { albumId: 2 })))).toEqual(['update 4']);
    expect(await read('tracks', 2)).toEqual(['x 2', 'z 3', 'a 4']);
    expect(await read('tracks')).toEqual(['b 2', 'c 3']);
  });

  test('put under another owner by its belongs_to', async () => {
    await store('tracks', threeTracks);
    const [, b] = listOf((await load()).assocs['tracks'] ?? null);
    if (!b) throw new Error('there is no track');
    const track = await repo.preload(b, ['album']);
    await write(putAssoc(change(track), 'album', await load(2), { onReplace: 'nilify' }));
    expect(await read('tracks', 2)).toEqual(['b 1']);
  });

  test('unless it names its place itself', async () => {
    await store('tracks', threeTracks);
    const named = buildStruct(model('Track'), { title: 'z', albumId: 1, no: 10 });
    await repo.insertOrThrow(named);
    expect(await read('tracks')).toEqual(['a 1', 'b 2', 'c 3', 'z 10']);
  });

  test('after the greatest number of the column it is refused, with the way out', async () => {
    await store('tracks', [['a', 2 ** 31 - 1]]);
    const outcome = await repo.insert(buildStruct(model('Track'), { title: 'z', albumId: 1 }));
    expect(outcome.ok ? [] : outcome.changeset.errors.map(({ message }) => message)).toEqual([
      'has no place after the last: cast or put the whole list once',
    ]);
  });

  test('two that are built at once get two numbers', async () => {
    await store('tracks', threeTracks);
    const insert = (title: string) =>
      repo.insertOrThrow(buildStruct(model('Track'), { title, albumId: 1 }));
    await Promise.all('klmno'.split('').map(insert));
    expect((await read('tracks')).map((row) => row.split(' ')[1])).toEqual('12345678'.split(''));
  });
});

test('a preload, page by page too, is in order: those without a number last, equal ones by their key', async () => {
  await store('photos', [
    ['a', null],
    ['b', 2],
    ['c', null],
    ['d', 1],
    ['e', 2],
  ]);
  expect(await read('photos')).toEqual(['d 1', 'b 2', 'e 2', 'a null', 'c null']);
});

const names = 'abcdefg'.split('');

/** Rows that a list may hold, by their number; what is sent, of those there are and of new ones. */
const orders = fc.record({
  held: fc.uniqueArray(
    fc.record({ row: fc.constantFrom(...names), number: fc.integer({ min: -1, max: 9 }) }),
    { selector: ({ row }) => row, maxLength: 6 },
  ),
  sent: fc.shuffledSubarray([...names, 'n', 'o']),
});

test.each(['tracks', 'photos'] as const)(
  'after a cast the order of %s is the one sent, and the fewest rows have moved',
  async (list) => {
    await holds(
      orders,
      async ({ held, sent: wanted }) => {
        await sql('DELETE FROM "Track"; DELETE FROM "Photo"');
        // In a unique list no two numbers are equal.
        const rival = (number: number) => held.find((other) => other.number === number)?.row;
        const stored = held.filter(({ row, number }) => list === 'photos' || rival(number) === row);
        const numbers = new Map(stored.map(({ row, number }) => [row, number]));
        await store(list, [...numbers]);
        const loaded = listOf((await load()).assocs[list] ?? null);
        const before = loaded.map(({ fields }) => textOf(fields[lists[list]]));
        const rows = wanted.filter((row) => row > 'm' || numbers.has(row));
        const plan = await write(castRows(await load(), list, rows));
        expect((await read(list)).map((row) => row.split(' ')[0])).toEqual(rows);
        const updates = plan.operations.filter(({ action }) => action === 'update').length;
        const kept = rows.filter((row) => numbers.has(row));
        const isInOrder = before.filter((row) => kept.includes(row)).join() === kept.join();
        if (isInOrder && rows.length === kept.length) expect(updates).toBe(0);
        else {
          const sentNumbers = rows.map((row) => numbers.get(row) ?? null);
          expect(updates).toBe(kept.length - mostKept(sentNumbers));
        }
      },
      { numRuns: 15 },
    );
  },
);

/** The most rows of a list that can keep their numbers: by trying every part of it. */
function mostKept(numbers: readonly (number | null)[]): number {
  const counts = Array.from({ length: 2 ** numbers.length }, (_, part) => {
    const kept = numbers.flatMap((number, i) =>
      (part >> i) % 2 === 1 && number !== null ? [{ number, i }] : [],
    );
    const fits = kept.every(({ number, i }, k) => {
      const next = kept[k + 1];
      return next === undefined || next.number - number >= next.i - i;
    });
    return fits ? kept.length : 0;
  });
  return Math.max(0, ...counts);
}

test('after a cast of a part its rows are in the order sent, in the places that they had', async () => {
  const shuffled = fc.shuffledSubarray(names, { minLength: names.length });
  const order = fc.record({ stored: shuffled, part: fc.shuffledSubarray(names) });
  await holds(
    order,
    async ({ stored, part }) => {
      await sql('DELETE FROM "Track"');
      await store(
        'tracks',
        stored.map((row, i) => [row, i]),
      );
      const query = { where: { title: { in: part } } };
      const album = await repo.preload(await load(), [{ assoc: 'tracks', query }], { force: true });
      await write(castRows(album, 'tracks', part, { partial: true }));
      const rest = [...part];
      const wanted = stored.map((row) => (part.includes(row) ? rest.shift() : row));
      expect(await read('tracks')).toEqual(wanted.map((row, i) => `${row} ${i}`));
    },
    { numRuns: 10 },
  );
});
