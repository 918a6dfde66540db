/** Writes schema.graphql, the text of the service's GraphQL schema. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { schemaText } from '../src/graphql/print.ts';

await writeFile(join(import.meta.dirname, '../schema.graphql'), schemaText());
