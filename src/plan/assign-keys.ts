import { pick, renameKey } from '../model/key.ts';
import type { Values } from '../model/value.ts';
import type { Insert, Operation, Plan, Reference, Row, Via } from './plan.ts';

/**
 * The inserts whose primary key is not fully given, by their number in the plan, with the key
 * fields still open.
 */
export function openKeys(
  plan: Plan,
  primaryKeyOf: (model: string) => readonly string[],
): readonly {
  readonly number: number;
  readonly model: string;
  readonly fields: readonly string[];
}[] {
  return plan.operations.flatMap((operation) => {
    if (operation.action !== 'insert' || !('new' in operation.row)) return [];
    const { values, references } = operation;
    const fields = primaryKeyOf(operation.model).filter(
      (field) => !(field in values || references.some((item) => item.fields.includes(field))),
    );
    return fields.length === 0
      ? []
      : [{ number: operation.row.new, model: operation.model, fields }];
  });
}

/**
 * The plan with the keys of its new rows in place: `generated` holds, by number, values for the open key
 * fields. Every reference becomes a value.
 */
export function assignKeys(
  plan: Plan,
  generated: ReadonlyMap<number, Values>,
  primaryKeyOf: (model: string) => readonly string[],
): Plan {
  const inserts = new Map<number, Insert>();
  for (const operation of plan.operations) {
    if (operation.action === 'insert' && 'new' in operation.row)
      inserts.set(operation.row.new, operation);
  }
  const resolved = new Map<number, Values>();
  const valuesOf = (number: number): Values => {
    const before = resolved.get(number);
    if (before) return before;
    const { values: own = {}, references = [] } = inserts.get(number) ?? {};
    const values = { ...own, ...resolve(references, valuesOf), ...generated.get(number) };
    resolved.set(number, values);
    return values;
  };
  const keyOf = (row: Row): Row => {
    if ('key' in row) return row;
    const insert = inserts.get(row.new);
    return { key: pick(valuesOf(row.new), insert ? primaryKeyOf(insert.model) : []) };
  };
  const viaOf = <V extends Via | null>(via: V): V => via && { ...via, row: keyOf(via.row) };
  const operations = plan.operations.map((operation): Operation => {
    const row = keyOf(operation.row);
    switch (operation.action) {
      case 'insert': {
        const values = 'new' in operation.row ? valuesOf(operation.row.new) : operation.values;
        return { ...operation, row, via: viaOf(operation.via), values, references: [] };
      }
      case 'update': {
        const changes = { ...operation.changes, ...resolve(operation.references, valuesOf) };
        return { ...operation, row, via: viaOf(operation.via), changes, references: [] };
      }
      case 'link':
      case 'unlink':
        return { ...operation, row, via: viaOf(operation.via) };
      case 'delete':
      case 'unchanged':
        return operation;
      default:
        return operation satisfies never;
    }
  });
  return { operations };
}

function resolve(references: readonly Reference[], valuesOf: (number: number) => Values): Values {
  const keys = references.map(({ fields, to, toFields }) =>
    renameKey(valuesOf(to), toFields, fields),
  );
  return keys.reduce((all, key) => ({ ...all, ...key }), {});
}
