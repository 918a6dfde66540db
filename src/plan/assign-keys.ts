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
 * The new rows, by number, of the models to whose new rows nothing else in a plan refers: they may
 * get their keys last. Of one model all do or none, so that their keys keep their order.
 */
export function leafRows({ operations }: Plan): ReadonlySet<number> {
  const models = new Map<number, string>();
  for (const { action, row, model } of operations)
    if (action === 'insert' && 'new' in row) models.set(row.new, model);
  const referredTo = new Set<string | undefined>();
  const refer = (row: Row) => 'new' in row && referredTo.add(models.get(row.new));
  for (const operation of operations) {
    if ('references' in operation)
      for (const { to } of operation.references) referredTo.add(models.get(to));
    if ('via' in operation && operation.via) refer(operation.via.row);
    if (operation.action === 'link') refer(operation.row);
  }
  return new Set([...models].flatMap(([row, model]) => (referredTo.has(model) ? [] : [row])));
}

/**
 * The plan with the keys of its new rows in place: `generated` holds, by number, values for the open key
 * fields. Every reference becomes a value; a row whose key is not complete keeps its number.
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
    const key = pick(valuesOf(row.new), insert ? primaryKeyOf(insert.model) : []);
    return Object.values(key).includes(null) ? row : { key };
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

/** Whether an operation inserts a row whose key is not made yet. */
export function isOpen(operation: Operation | undefined): boolean {
  return operation?.action === 'insert' && 'new' in operation.row;
}

/** The plan with the keys of rows that came back when they were written, by their operations (by index). */
export function takeKeys(
  plan: Plan,
  rows: ReadonlyMap<number, Values | null>,
  primaryKeyOf: (model: string) => readonly string[],
): Plan {
  const keys = new Map<number, Values>();
  plan.operations.forEach(({ row, model }, index) => {
    const values = rows.get(index);
    if ('new' in row && values) keys.set(row.new, pick(values, primaryKeyOf(model)));
  });
  return keys.size === 0 ? plan : assignKeys(plan, keys, primaryKeyOf);
}

function resolve(references: readonly Reference[], valuesOf: (number: number) => Values): Values {
  const keys = references.map(({ fields, to, toFields }) =>
    renameKey(valuesOf(to), toFields, fields),
  );
  return keys.reduce((all, key) => ({ ...all, ...key }), {});
}
