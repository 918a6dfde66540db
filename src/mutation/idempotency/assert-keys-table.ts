import type { Model, Models } from '../../model/model.ts';

const COLUMNS = ['key', 'request', 'outcome', 'expires_at'];

/**
 * Refuses a table for idempotency keys that is wrong by the schema: it lacks a column, or it is not
 * there and another one is for keys. One that Prisma does not know may be right.
 * @throws Error that names the table that was meant, or what it needs.
 */
export function assertKeysTable(models: Models, name: string): void {
  const all = [...models.values()];
  const named = all.find(({ table }) => table === name.split('.').at(-1));
  const meant = all.find(holdsKeys);
  if (named ? holdsKeys(named) : meant === undefined) return;
  const wayOut = meant
    ? `the schema has "${meant.table}" for them`
    : `it needs the columns ${COLUMNS.join(', ')}`;
  throw new Error(`the idempotencyTable "${name}" cannot keep keys: ${wayOut}.`);
}

function holdsKeys({ fields }: Model): boolean {
  const columns = [...fields.values()].map(({ column }) => column);
  return COLUMNS.every((column) => columns.includes(column));
}
