import { createHash } from 'node:crypto';
import type { Models } from '../model/model.ts';
import type { Delegates } from './delegate.ts';
import { valueAt } from './errors/constraint-violation.ts';

/**
 * Compares the schema that a Prisma client was made from with that of the datamodel, without I/O.
 * A client that does not say, and models of a datamodel written by hand, are taken as they are.
 * @throws Error if one of the two is older than the schema.
 */
export function assertSameSchema(client: Delegates, models: Models): void {
  const { hash } = models;
  const schema = schemaOf(client);
  if (hash === undefined || schema === undefined || compared.get(models) === schema) return;
  if (sha256(schema) === hash) {
    compared.set(models, schema);
    return;
  }
  throw new Error(
    'the datamodel and the Prisma client were made from different schemas, one of them is out of date. Run "prisma generate", with the generators of both.',
  );
}

/** The schema that a datamodel was found to be made from: each request may bring a client of its own. */
const compared = new WeakMap<Models, string>();

/** Prisma does not publish it, so that any release may keep it elsewhere. */
function schemaOf(client: object): string | undefined {
  const schema = valueAt(valueAt(client, '_engineConfig'), 'inlineSchema');
  return typeof schema === 'string' ? schema : undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
