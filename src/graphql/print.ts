import { printSchema } from 'graphql';
import { schema } from './schema.ts';

/** The text of schema.graphql. */
export function schemaText(): string {
  return `${printSchema(schema)}\n`;
}
