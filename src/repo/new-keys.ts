import { randomUUID } from 'node:crypto';
import { ChangesetError } from '../changeset/error.ts';
import { getModel } from '../model/datamodel.ts';
import type { Model, Models } from '../model/model.ts';
import type { Value, Values } from '../model/value.ts';
import { assignKeys, openKeys } from '../plan/keys.ts';
import type { Plan } from '../plan/operation.ts';
import type { Delegates } from './delegates.ts';

/**
 * Makes the keys of a plan's new rows before they are written, from the sequences that would have made them: one
 * statement. So every row of the plan is known by its key.
 * @throws ChangesetError for a key that only the database can make, or nobody.
 */
export async function makeKeys(
  tx: Delegates,
  models: Models,
  plan: Plan,
): Promise<{ plan: Plan; made: ReadonlyMap<number, Values> }> {
  const primaryKeyOf = (model: string) => getModel(models, model).primaryKey;
  const open = openKeys(plan, primaryKeyOf);
  const made = new Map<number, { [field: string]: Value }>();
  const sequences = new Map<
    string,
    { model: Model; field: string; numbers: number[] }
  >();
  for (const { number, model, fields } of open) {
    const values: { [field: string]: Value } = {};
    made.set(number, values);
    for (const name of fields) {
      const owner = getModel(models, model);
      const generated = owner.fields.get(name)?.generated;
      if (generated === 'uuid') values[name] = randomUUID();
      else if (generated === 'sequence') {
        const sequence = sequences.get(`${model}.${name}`) ?? {
          model: owner,
          field: name,
          numbers: [],
        };
        sequence.numbers.push(number);
        sequences.set(`${model}.${name}`, sequence);
      } else
        throw new ChangesetError(
          `cannot insert ${model}: its key "${name}" is not given and is not made by a sequence.`,
        );
    }
  }
  await takeFromSequences(tx, [...sequences.values()], made);
  return { plan: assignKeys(plan, made, primaryKeyOf), made };
}

async function takeFromSequences(
  tx: Delegates,
  sequences: readonly {
    model: Model;
    field: string;
    numbers: readonly number[];
  }[],
  made: ReadonlyMap<number, { [field: string]: Value }>,
): Promise<void> {
  if (sequences.length === 0) return;
  const parts = sequences.map(({ model, field, numbers }, i) => {
    const table = `"${model.table.replaceAll('"', '""')}"`.replaceAll(
      "'",
      "''",
    );
    const column = (model.fields.get(field)?.column ?? field).replaceAll(
      "'",
      "''",
    );
    return `SELECT ${i} AS part, nextval(pg_get_serial_sequence('${table}', '${column}')) AS key FROM generate_series(1, ${numbers.length})`;
  });
  const rows = await tx.$queryRawUnsafe(parts.join(' UNION ALL '));
  const keys: { part: number; key: bigint }[] = Array.isArray(rows) ? rows : [];
  sequences.forEach(({ model, field, numbers }, i) => {
    const taken = keys.filter((row) => row.part === i);
    numbers.forEach((number, n) => {
      const key = taken[n]?.key ?? null;
      const values = made.get(number);
      if (values && key !== null)
        values[field] =
          model.fields.get(field)?.type === 'Int' ? Number(key) : key;
    });
  });
}
