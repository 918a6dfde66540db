import { expect, test } from 'vitest';
import { schemaDiff } from '../../scripts/schema/schema-diff.ts';
import { serviceSchema } from '../../src/server/database/service-schema.ts';
import { conformanceSchema } from '../support/conformance-schema.ts';
import { useDatabaseOf } from '../support/database.ts';

const schemas = {
  service: { files: serviceSchema, database: useDatabaseOf('service') },
  conformance: {
    files: conformanceSchema,
    database: useDatabaseOf('conformance'),
  },
};

test.each(Object.entries(schemas))(
  'schema.prisma and the migrated database agree (%s)',
  async (_name, { files, database }) => {
    expect(await schemaDiff(database.directUrl, files.schemaPath)).toBeUndefined();
  },
);

test('a database that differs is told from schema.prisma', async () => {
  const { files, database } = schemas.service;
  await database.sql('ALTER TABLE comments ALTER COLUMN body DROP NOT NULL');
  try {
    const sql = await schemaDiff(database.directUrl, files.schemaPath);
    expect(sql).toContain('ALTER COLUMN "body" SET NOT NULL');
  } finally {
    await database.sql('ALTER TABLE comments ALTER COLUMN body SET NOT NULL');
  }
});

test('an INSERT in plain SQL may leave out the timestamps and lock_version', async () => {
  const { database } = schemas.service;
  await database.sql(`INSERT INTO authors (name) VALUES ('Ann')`);
  const [row] = await database.sql(
    `SELECT lock_version, inserted_at = updated_at AS same,
            abs(extract(epoch FROM (now() AT TIME ZONE 'UTC') - inserted_at)) < 60 AS in_utc
       FROM authors`,
  );
  expect(row).toEqual({ lock_version: 1, same: true, in_utc: true });
});

test('no foreign key acts by itself, and each has an index', async () => {
  const { database } = schemas.service;
  const keys = await database.sql<{ name: string }>(
    `SELECT conname AS name, confdeltype AS on_delete, confupdtype AS on_update,
            EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1]) AS indexed
       FROM pg_constraint c WHERE contype = 'f' ORDER BY conname`,
  );
  const names = keys.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['comments_post_id_fkey', 'posts_tags_tag_id_fkey']),
  );
  const quiet = { on_delete: 'a', on_update: 'a', indexed: true };
  expect(keys).toEqual(names.map((name) => ({ name, ...quiet })));
});
