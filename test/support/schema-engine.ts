import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withSchemaEngine } from '../../scripts/schema/schema-engine.ts';
import type { SchemaFiles } from '../../src/server/database/service-schema.ts';

/** As `prisma migrate deploy`: applies what is pending and returns the names. */
export async function deploy(
  url: string,
  { schemaPath, migrationsFolder }: SchemaFiles,
): Promise<readonly string[]> {
  const migrationsList = await readMigrations(migrationsFolder);
  return withSchemaEngine({ url, schemaPath }, async ({ engine }) => {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList,
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  });
}

/** As `prisma migrate resolve --rolled-back`. */
export async function markRolledBack(
  url: string,
  { schemaPath }: SchemaFiles,
  migrationName: string,
): Promise<void> {
  await withSchemaEngine({ url, schemaPath }, ({ engine }) =>
    engine.markMigrationRolledBack({ migrationName }),
  );
}

async function readMigrations(baseDir: string) {
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(join(baseDir, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(baseDir, name, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  };
}
