import { withSchemaEngine } from './schema-engine.ts';

/**
 * The SQL that would bring a database to what schema.prisma says; undefined when the two agree.
 * Nothing is written and no shadow database is made.
 */
export function schemaDiff(url: string, schemaPath: string): Promise<string | undefined> {
  return withSchemaEngine({ url, schemaPath }, async ({ engine, files }) => {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return exitCode === 0 ? undefined : (stdout ?? '');
  });
}
