import { join } from 'node:path';

/** A schema.prisma and the folder of its migrations, in Prisma Migrate's layout. */
export type SchemaFiles = {
  readonly schemaPath: string;
  readonly migrationsFolder: string;
};

const prismaFolder = join(import.meta.dirname, '../../../prisma');

/** The service's own schema; found from src/ and from dist/ alike. */
export const serviceSchema: SchemaFiles = {
  schemaPath: join(prismaFolder, 'schema.prisma'),
  migrationsFolder: join(prismaFolder, 'migrations'),
};
