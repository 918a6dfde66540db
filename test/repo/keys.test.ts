import { beforeAll, describe, expect, test } from 'vitest';
import { getModel, readModels } from '../../src/model/datamodel/read-models.ts';
import type { Association } from '../../src/model/model.ts';
import { makeLoaders } from '../../src/repo/read/loaders.ts';
import type { Row } from '../../src/repo/row.ts';
import { useKeys } from '../support/keys.ts';
import { datamodel } from './keys/generated/datamodel.ts';

// Another client than the service's: the loaders know neither.
const models = readModels(datamodel);
const { client, statements: sent, sql } = useKeys('once');

const ids = {
  a: '00000000-0000-4000-8000-00000000000a',
  b: '00000000-0000-4000-8000-00000000000b',
  c: '00000000-0000-4000-8000-00000000000c',
};

beforeAll(() =>
  sql(
    `INSERT INTO "Room" VALUES ('R1'), ('r1');
     INSERT INTO "Course" (title, price, hours, "roomCode") VALUES
       ('math', 10.50, 0.1, 'R1'),
       ('art', 123456789012345678901234567890.5, 1e21, 'r1'),
       ('zoo', 0.00000001, 2, NULL);
     INSERT INTO "Student" (name) VALUES ('Ann'), ('Ben');
     INSERT INTO "_CourseToStudent" VALUES (1, 1), (2, 1), (3, 1), (2, 2);
     INSERT INTO "Part" VALUES (1, 1, 'x'), (1, 2, 'y'), (2, 1, 'z');
     INSERT INTO "Note" VALUES
       ('${ids.a}', 'p', 1, 2, NULL),
       ('${ids.b}', 'q', 1, 2, '${ids.a}'),
       ('${ids.c}', 'r', 2, 1, '${ids.a}');`,
  ),
);

function association(model: string, field: string): Association {
  const found = getModel(models, model).associations.get(field);
  if (!found) throw new Error(field);
  return found;
}

type Found = Row | null | readonly Row[];

function pluck(found: Found, field: string): unknown[] {
  const list: readonly Row[] = Array.isArray(found) ? found : [];
  return list.map((row) => row[field]);
}

/** Loads an association of several owners and tells how many statements that was. */
async function load(
  of: Association,
  owners: readonly Row[],
  args = {},
): Promise<{ found: Found[]; statements: number }> {
  const loaders = makeLoaders(client);
  sent.length = 0;
  const found = await Promise.all(owners.map((owner) => loaders.association(of, owner, args)));
  return { found, statements: sent.length };
}

const students = [{ id: 1n }, { id: 2n }, { id: 3n }];
const parts = [
  { courseId: 1n, no: 1 },
  { courseId: 1n, no: 2 },
  { courseId: 2n, no: 1 },
];

describe('a many_to_many through a join table of Prisma', () => {
  const students_ = association('Course', 'students');
  const courses = association('Student', 'courses');

  test('is read in one statement', async () => {
    const owners = [{ id: 1n }, { id: 2n }, { id: 3n }];
    const { found, statements } = await load(students_, owners);
    expect(found.map((list) => pluck(list, 'name'))).toEqual([['Ann'], ['Ann', 'Ben'], ['Ann']]);
    expect(statements).toBe(1);
  });

  test('is filtered, ordered and limited for each owner', async () => {
    const { found, statements } = await load(students_, [{ id: 2n }, { id: 3n }], {
      orderBy: [{ name: 'desc' }],
      first: 1,
      where: { NOT: { id: 9n } },
    });
    expect(found.map((list) => pluck(list, 'name'))).toEqual([['Ben'], ['Ann']]);
    expect(statements).toBe(1);
  });

  test('is counted in one statement, under a condition too', async () => {
    const loaders = makeLoaders(client);
    sent.length = 0;
    const count = (where?: object) =>
      Promise.all(students.map((row) => loaders.count(courses, row, where)));
    expect(await count()).toEqual([3, 1, 0]);
    expect(await count({ title: { not: 'art' } })).toEqual([2, 0, 0]);
    expect(sent).toHaveLength(2);
  });

  test('keeps every digit of a decimal, as text', async () => {
    for (const args of [{}, { first: 3 }]) {
      const { found } = await load(courses, students, args);
      expect(pluck(found[0] ?? null, 'price')).toEqual([
        '10.5',
        '123456789012345678901234567890.5',
        '0.00000001',
      ]);
      expect(pluck(found[0] ?? null, 'hours')).toEqual([0.1, 1e21, 2]);
    }
  });
});

describe('a key of two fields', () => {
  const notes = association('Note', 'part');

  test('leads to a belongs_to and from a has_many', async () => {
    const one = await load(notes, [
      { courseId: 1n, no: 2 },
      { courseId: 2n, no: 1 },
      { courseId: 1n, no: 2 },
    ]);
    expect(one.found).toMatchObject([{ title: 'y' }, { title: 'z' }, { title: 'y' }]);
    expect(one.statements).toBe(1);
    for (const args of [{}, { first: 9 }]) {
      const many = await load(association('Part', 'notes'), parts, args);
      expect(many.found.map((list) => pluck(list, 'text'))).toEqual([[], ['p', 'q'], ['r']]);
      expect(many.statements).toBe(1);
    }
  });

  test('is counted', async () => {
    const loaders = makeLoaders(client);
    const counts = parts.map((row) => loaders.count(association('Part', 'notes'), row));
    expect(await Promise.all(counts)).toEqual([0, 2, 1]);
  });

  test('ends the order of a list', async () => {
    const { found } = await load(association('Course', 'parts'), [{ id: 1n }]);
    expect(pluck(found[0] ?? null, 'no')).toEqual([1, 2]);
  });
});

describe('other keys', () => {
  test('of text mind the case', async () => {
    const { found } = await load(association('Room', 'courses'), [{ code: 'r1' }, { code: 'R1' }]);
    expect(found.map((list) => pluck(list, 'title'))).toEqual([['art'], ['math']]);
  });

  test('of UUIDs, in a table that refers to itself', async () => {
    const answers = await load(association('Note', 'answers'), [{ id: ids.a }]);
    expect(pluck(answers.found[0] ?? null, 'id')).toEqual([ids.b, ids.c]);
    const parent = await load(association('Note', 'parent'), [
      { parentId: ids.a },
      { parentId: null },
    ]);
    expect(parent.found).toMatchObject([{ text: 'p' }, null]);
  });
});
