import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withSchemaEngine } from './schema-engine.ts';

/** A schema.prisma and the folder of its migrations, in Prisma Migrate's layout. */
export type SchemaFiles = {
  readonly schemaPath: string;
  readonly migrationsFolder: string;
};

const projectFolder = join(import.meta.dirname, '../..');

/** The service's own schema; found from src/ and from dist/ alike. */
export const serviceSchema: SchemaFiles = {
  schemaPath: join(projectFolder, 'prisma/schema.prisma'),
  migrationsFolder: join(projectFolder, 'prisma/migrations'),
};

/**
 * Applies the migrations that the database does not have yet, each as a whole
 * or not at all, and returns their names. The record of what was applied is
 * that of `prisma migrate deploy`. Two callers at once take turns.
 *
 * @throws the engine's error, with Prisma's code in its text: P3009 for a
 *   migration that failed before, P3018 for one that fails now.
 */
export async function migrate(
  url: string,
  { schemaPath, migrationsFolder }: SchemaFiles = serviceSchema,
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
