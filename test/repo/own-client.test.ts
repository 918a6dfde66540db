import { defineDomain, owned } from 'prisma-assoc/changeset';
import { beforeEach, expect, test } from 'vitest';
import { makeRepo } from '../../src/repo/repo.ts';
import { useKeys } from '../support/keys.ts';
import { type Asked, runMutation } from '../support/run-mutation.ts';
import { datamodel } from './keys/generated/datamodel.ts';

/* What a user's Prisma client does beyond SQL holds for the writes of the library, nested ones too. */

const { client: base, sql } = useKeys();

let hooked: string[] = [];

const client = base.$extends({
  query: {
    $allModels: {
      $allOperations({ model, operation, args, query }) {
        if (!operation.startsWith('find')) hooked.push(`${model}.${operation}`);
        return query(args);
      },
    },
    box: {
      create: ({ args, query }) => query({ ...args, data: { ...args.data, token: 'hooked' } }),
      update: ({ args, query }) => query({ ...args, data: { ...args.data, token: 'hooked' } }),
    },
  },
  result: {
    box: { shout: { needs: { label: true }, compute: ({ label }) => label.toUpperCase() } },
  },
});

const domain = defineDomain(datamodel, {
  Box: { cast: ['label'], associations: { lids: owned() } },
  Lid: { cast: ['colour'], associations: { rings: owned() } },
  Ring: { associations: { pin: { build: {} } } },
  Pin: {},
});

const run = (asked: Asked) => runMutation({ client, domain }, asked);

beforeEach(() => {
  hooked = [];
});

const forms = {
  cuid: /^c[0-9a-z]{24}$/,
  cuid2: /^[a-z][0-9a-z]{23}$/,
  nanoid: /^[\w-]{10}$/,
  ulid: /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  uuid7: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
};

const rings = { build: [{ pin: { build: {} } }] };

test('keys and other values that the client makes are there at every level', async () => {
  const lids = { build: [{ colour: 'red', rings }, { colour: 'blue' }] };
  const result = await run({ kind: 'create', model: 'Box', input: { label: 'a', lids } });
  expect(result.kind).toBe('success');
  const [box] = await sql('SELECT * FROM "Box"');
  expect(box).toMatchObject({
    id: expect.stringMatching(forms.cuid),
    serial: expect.stringMatching(forms.uuid7),
  });
  const stored = await sql('SELECT * FROM "Lid" ORDER BY colour');
  for (const lid of stored) {
    expect(lid).toMatchObject({
      id: expect.stringMatching(forms.nanoid),
      boxId: box?.['id'],
      code: expect.stringMatching(forms.ulid),
    });
  }
  expect(new Set(stored.map(({ id }) => id)).size).toBe(2);
  expect(await sql('SELECT * FROM "Ring"')).toMatchObject([
    { id: expect.stringMatching(forms.ulid), lidId: stored[1]?.['id'] },
  ]);
  expect(await sql('SELECT id FROM "Pin"')).toMatchObject([
    { id: expect.stringMatching(forms.uuid7) },
  ]);
  const { token } = await base.box.create({ data: { label: 'b' } });
  expect(token).toMatch(forms.cuid2);
});

test('keys that a plan makes have the form of those that the client makes', async () => {
  const box = await base.box.create({
    data: {
      label: 'b',
      lids: { create: { colour: 'red', rings: { create: { pin: { create: {} } } } } },
    },
    include: { lids: { include: { rings: { include: { pin: true } } } } },
  });
  const [lid] = box.lids;
  const [ring] = lid?.rings ?? [];
  expect([box.id, lid?.id, ring?.id, ring?.pin?.id]).toEqual([
    expect.stringMatching(forms.cuid),
    expect.stringMatching(forms.nanoid),
    expect.stringMatching(forms.ulid),
    expect.stringMatching(forms.uuid7),
  ]);
});

test('@updatedAt moves for a row that is written, and for no other', async () => {
  await sql(`INSERT INTO "Box" VALUES ('b', 'a', 't', gen_random_uuid(), '2020-01-01');
    INSERT INTO "Lid" VALUES ('l1', 'b', 'red', 'c', '2020-01-01'), ('l2', 'b', 'blue', 'c', '2020-01-01')`);
  const entries = [{ id: 'l1', colour: 'green' }, { id: 'l2' }, { colour: 'new' }];
  const input = { lids: { cast: { entries } } };
  expect((await run({ kind: 'update', model: 'Box', id: 'b', input })).kind).toBe('success');
  const moved = `SELECT colour, touched > '2020-01-01' AS moved FROM "Lid" ORDER BY colour`;
  expect(await sql(moved)).toEqual([
    { colour: 'blue', moved: false },
    { colour: 'green', moved: true },
    { colour: 'new', moved: true },
  ]);
  expect(await sql(`SELECT touched > '2020-01-01' AS moved FROM "Box"`)).toEqual([
    { moved: false },
  ]);
});

test('query hooks of the client run for the calls that write, and may change them', async () => {
  const lids = { build: [{ colour: 'red' }] };
  const created = await run({ kind: 'create', model: 'Box', input: { label: 'a', lids } });
  expect(hooked).toEqual(['Box.create']);
  expect(created).toMatchObject({ kind: 'success', record: { token: 'hooked' } });
  expect(created.kind === 'success' && Object.keys(created.record)).not.toContain('shout');
});

test('they run in a transaction that the user has opened too', async () => {
  await client.$transaction(async (tx) => {
    const repo = makeRepo(tx, domain.models);
    const box = domain.model('Box');
    const fields = { label: 'x', token: '', serial: null, touched: null, id: null };
    await repo.insertOrThrow({ kind: 'struct', model: box, state: 'built', fields, assocs: {} });
  });
  expect(hooked).toEqual(['Box.create']);
  expect(await sql('SELECT token FROM "Box"')).toEqual([{ token: 'hooked' }]);
});
