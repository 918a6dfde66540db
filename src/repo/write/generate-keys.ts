import { ChangesetError } from '../../changeset/changeset-error.ts';
import { getModel } from '../../model/datamodel/read-models.ts';
import type { Field, Model, Models } from '../../model/model.ts';
import type { Value } from '../../model/value.ts';
import { castValue } from '../../model/types/cast-value.ts';
import { assignKeys, openKeys } from '../../plan/assign-keys.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Delegates } from '../delegate.ts';
import { makeClientKey } from './client-keys.ts';
import { assertFree, lockValues, selectHeld, type ValueLocks } from '../lock/value-locks.ts';
import { literal, query, tableOf } from '../sql.ts';

/** The key fields of new rows, by the rows' numbers. */
type GeneratedKeys = Map<number, { [field: string]: Value }>;

/** New rows that need a value of one field which the database makes. */
interface Wanted {
  readonly field: Field;
  readonly sql: string;
  readonly numbers: number[];
}

/** What goes with the making of keys. */
interface KeyOptions {
  /** The rows, by number, whose INSERT makes their keys. Default none. */
  readonly left?: ReadonlySet<number> | undefined;
  /** Values that are locked by the same statement. Default none. */
  readonly values?: ValueLocks;
}

/**
 * Makes the keys of a plan's new rows before they are written, by what would have generated them: one
 * statement for all that the database makes. So every row of the plan is known by its key, but for those
 * that are left.
 * @throws ChangesetError for a key that is not given and cannot be generated; LockedError for a value
 * that another holds, unless it is waited for.
 */
export async function makeKeys(
  tx: Delegates,
  models: Models,
  plan: Plan,
  { left = new Set(), values: locks = noLocks }: KeyOptions = {},
): Promise<Plan> {
  const primaryKeyOf = (name: string) => getModel(models, name).primaryKey;
  const generated: GeneratedKeys = new Map();
  const wanted = new Map<string, Wanted>();
  for (const { number, model: name, fields } of openKeys(plan, primaryKeyOf)) {
    const model = getModel(models, name);
    const values: { [field: string]: Value } = {};
    const open = fields.flatMap((key) => model.fields.get(key) ?? []);
    if (left.has(number) && open.every((field) => sqlOf(model, field) !== null)) continue;
    generated.set(number, values);
    for (const field of open) {
      const made = makeClientKey(field);
      if (made !== null) values[field.name] = made;
      else want(wanted, model, field).numbers.push(number);
    }
  }
  if (wanted.size === 0) await lockValues(tx, locks);
  else await askDatabase(tx, [...wanted.values()], generated, locks);
  return assignKeys(plan, generated, primaryKeyOf);
}

function want(wanted: Map<string, Wanted>, model: Model, field: Field): Wanted {
  const id = `${model.name}.${field.name}`;
  const before = wanted.get(id);
  if (before) return before;
  const sql = sqlOf(model, field);
  if (sql === null) {
    throw new ChangesetError(
      `cannot insert ${model.name}: its key "${field.name}" is not given, and ` +
        `${field.generated === 'client' ? "only Prisma's client makes it" : 'nobody makes it'}. ` +
        'Give it, or let autoincrement(), uuid() or dbgenerated() make it.',
    );
  }
  const added = { field, sql, numbers: [] };
  wanted.set(id, added);
  return added;
}

/** What the database makes the values of a field by; null if it does not. */
function sqlOf(model: Model, { column, generated, defaultSql }: Field): string | null {
  if (generated !== 'sequence') return defaultSql;
  return `nextval(pg_get_serial_sequence(${literal(tableOf(model))}, ${literal(column)}))`;
}

const noLocks: ValueLocks = { texts: [], waits: false };

/** Keys come as text, whatever their type: so one statement takes them all, and locks values as well. */
async function askDatabase(
  tx: Delegates,
  wanted: readonly Wanted[],
  generated: GeneratedKeys,
  locks: ValueLocks,
): Promise<void> {
  const parameters: unknown[] = [];
  const parts = wanted.map(
    ({ sql, numbers }, part) =>
      `SELECT ${part} AS part, (${sql})::text AS key FROM generate_series(1, $${parameters.push(numbers.length)})`,
  );
  if (locks.texts.length > 0) {
    const held = selectHeld(locks, `$${parameters.push(locks.texts)}`);
    parts.unshift(`SELECT NULL::integer AS part, text AS key FROM (${held}) AS held`);
  }
  const rows = await query(tx, { sql: parts.join(' UNION ALL '), parameters });
  assertFree(rows.filter(({ part }) => part === null));
  wanted.forEach(({ field, numbers }, part) => {
    const taken = rows.filter((row) => row['part'] === part);
    numbers.forEach((number, i) => {
      const cast = castValue(field, taken[i]?.['key']);
      const values = generated.get(number);
      if (values && cast.ok) values[field.name] = cast.value;
    });
  });
}
