import { getModel } from '../../../model/datamodel/read-models.ts';
import { pick } from '../../../model/key.ts';
import type { Models } from '../../../model/model.ts';
import { keyText, type Values } from '../../../model/value.ts';
import type { Operation, Plan, Update } from '../../../plan/plan.ts';

/**
 * The updates of a plan that one statement could not write: one takes a unique value that another
 * gives up, or is parked meanwhile.
 */
export function findChained(plan: Plan, models: Models): ReadonlySet<Operation> {
  const chained = new Set<Operation>();
  for (const { fields, updates } of findKeyed(plan, models)) {
    const [first = '', ...others] = new Set(
      updates.map(({ changes }) => fields.filter((field) => field in changes).join(' ')),
    );
    const changed = first.split(' ');
    const before = updates.map(({ from }) => textOf(from, changed));
    const after = updates.map(({ changes }) => textOf(changes, changed));
    const [given, taken] = [new Set(before), new Set(after)];
    updates.forEach((update, i) => {
      const meets = meetsIn(taken, before[i]) || meetsIn(given, after[i]);
      // Rows that keep different parts of the key have no values that could be compared.
      if (meets || others.length > 0 || update.parks) chained.add(update);
    });
  }
  return chained;
}

interface Keyed {
  readonly fields: readonly string[];
  readonly updates: Update[];
}

/** The updates that change a part of a unique key, by model and key. */
function findKeyed(plan: Plan, models: Models): Iterable<Keyed> {
  const keyed = new Map<string, Keyed>();
  for (const operation of plan.operations) {
    if (operation.action !== 'update') continue;
    const { name, uniqueKeys } = getModel(models, operation.model);
    for (const fields of uniqueKeys) {
      if (!fields.some((field) => field in operation.changes)) continue;
      const key = [name, ...fields].join(' ');
      const known = keyed.get(key);
      if (known) known.updates.push(operation);
      else keyed.set(key, { fields, updates: [operation] });
    }
  }
  return keyed.values();
}

/** Values as text; null if one of them is null, which no other value is the same as. */
function textOf(values: Values, fields: readonly string[]): string | null {
  const parts = Object.values(pick(values, fields));
  return parts.includes(null) ? null : keyText(parts);
}

function meetsIn(texts: ReadonlySet<string | null>, text: string | null | undefined): boolean {
  return text !== null && text !== undefined && texts.has(text);
}
