import type { Model } from '../../../src/model/model.ts';
import type { Value, Values } from '../../../src/model/value.ts';
import type { Rows } from '../case.ts';
import type { Difference, Facts } from './difference.ts';
import { simulate } from './simulate.ts';

/** Rule 5: another row of the same request frees the unique value that Ecto finds taken. */
export const orderOfWrites: Difference = {
  rule: 5,
  reason:
    'what frees a unique value is written before what takes it (Ecto writes a list in the order in which it was given)',
  instead(facts) {
    const { expected } = facts;
    const taken = (expected.errors ?? []).some(
      ({ message }) => message === 'has already been taken',
    );
    // Without a transaction no SQL found it: a duplicate within the input.
    if (expected.status !== 'invalid' || !taken || !expected.transaction) {
      return null;
    }
    const written = simulate(facts);
    if (!written || !isUnique(facts, written.rows) || swaps(facts, written.rows)) {
      return null;
    }
    return { ...expected, status: 'ok', errors: [], ...written };
  },
};

interface UniqueField {
  readonly model: Model;
  readonly field: string;
}

function uniqueFields({ models }: Facts): readonly UniqueField[] {
  return [...models.values()].flatMap((model) =>
    model.uniqueKeys.flatMap(([field, ...rest]) =>
      field !== undefined && rest.length === 0 ? [{ model, field }] : [],
    ),
  );
}

function isUnique(facts: Facts, rows: Rows): boolean {
  return uniqueFields(facts).every(({ model, field }) => {
    const values = valuesOf(rows, model, field);
    return new Set(values).size === values.length;
  });
}

function valuesOf(rows: Rows, { table }: Model, field: string): Value[] {
  return (rows[table] ?? []).map((row) => row[field] ?? null).filter((value) => value !== null);
}

/** Whether rows pass unique values round, which no order allows. */
function swaps(facts: Facts, after: Rows): boolean {
  return uniqueFields(facts).some(({ model: { table }, field }) => {
    const rows = facts.before[table] ?? [];
    /** The row that had what a row has afterwards. */
    const donor = (row: Values): Values | undefined => {
      const now = (after[table] ?? []).find((item) => item['id'] === row['id']);
      const taken = now?.[field] ?? null;
      if (taken === null || taken === row[field]) return undefined;
      return rows.find((other) => other[field] === taken);
    };
    return rows.some((start) => {
      const seen = new Set<Values>();
      for (let row = donor(start); row && !seen.has(row); row = donor(row)) {
        if (row === start) return true;
        seen.add(row);
      }
      return false;
    });
  });
}
