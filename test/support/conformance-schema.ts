import { join } from 'node:path';
import type { SchemaFiles } from '../../src/server/database/service-schema.ts';

const folder = join(import.meta.dirname, '../ecto');

/** The Prisma schema of the recorded cases and its migrations. */
export const conformanceSchema: SchemaFiles = {
  schemaPath: join(folder, 'schema.prisma'),
  migrationsFolder: join(folder, 'migrations'),
};
