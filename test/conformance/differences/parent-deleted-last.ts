import type { BelongsTo } from '../../../src/model/model.ts';
import type { Value, Values } from '../../../src/model/value.ts';
import type { Expectation, Rows } from '../case.ts';
import { isList } from '../json.ts';
import type { PutValue } from '../operation.ts';
import { childSpec } from '../spec.ts';
import type { Difference, Facts } from './difference.ts';
import { firstNewId, newRow } from './simulate.ts';
import { currentRows, itemsOf, type Visit, visitsOf } from './visits.ts';

/** Rule 5: a belongs_to record is replaced under `delete`, and nothing but its owner refers to it. */
export const parentDeletedLast: Difference = {
  rule: 5,
  reason:
    'a belongs_to record that is to be deleted goes last (Ecto deletes it while its owner still refers to it)',
  instead(facts) {
    const { expected } = facts;
    if (expected.exception !== 'Ecto.ConstraintError') return null;
    const [root] = visitsOf(facts);
    const [replaced, ...others] = root ? replacements(facts, root) : [];
    if (!root || !replaced || others.length > 0) return null;
    const { association, gone } = replaced;
    if (isReferred(facts, association, gone, root.id)) return null;
    return written(facts, root, replaced);
  },
};

interface Replacement {
  readonly association: BelongsTo;
  readonly gone: Value;
  /** What comes instead: the key of a stored record, the values of a new one, or nothing. */
  readonly next: { readonly id: Value } | { readonly values: Values } | null;
}

function replacements({ loaded }: Facts, root: Visit): readonly Replacement[] {
  const { model, spec, params, id } = root;
  const changes = [
    ...(spec.casts ?? []).flatMap((cast) => {
      const association = model.associations.get(cast.assoc);
      const items = association && itemsOf(association, params, cast);
      if (!association || !items) return [];
      const { permit = [] } = childSpec(association.related.name, cast.with);
      const values = items[0] && pick(items[0], permit);
      return [{ association, next: values ? { values } : null }];
    }),
    ...(spec.puts ?? []).flatMap(({ assoc, value }) => {
      const association = model.associations.get(assoc);
      const next = putNext(value);
      return association && next !== undefined ? [{ association, next }] : [];
    }),
  ];
  return changes.flatMap(({ association, next }) => {
    const { onReplace } = association.rules;
    if (association.kind !== 'belongsTo') return [];
    if (onReplace !== 'delete' && onReplace !== 'deleteIfExists') return [];
    const [current] = currentRows(association, id, loaded);
    const gone = current?.['id'] ?? null;
    return gone === null ? [] : [{ association, gone, next }];
  });
}

function putNext(value: PutValue): Replacement['next'] | undefined {
  if (value === null) return null;
  if (isList(value)) return undefined;
  if ('get' in value) return { id: value.id };
  if ('map' in value) return { values: value.map };
  return 'struct' in value ? { values: value.fields ?? {} } : undefined;
}

/** Whether a row other than the owner refers to a record. */
function isReferred(
  { models, before }: Facts,
  { related, owner }: BelongsTo,
  gone: Value,
  ownerId: number | null,
): boolean {
  return [...models.values()].some((model) =>
    [...model.associations.values()].some((other) => {
      if (other.kind !== 'belongsTo' || other.related !== related) return false;
      const [key = ''] = other.ownerKey;
      return (before[model.table] ?? []).some(
        (row) =>
          row[key] === gone && !(model === owner && row['id'] === ownerId),
      );
    }),
  );
}

function written(
  { before }: Facts,
  root: Visit,
  { association, gone, next }: Replacement,
): Expectation {
  const { related, owner, ownerKey } = association;
  const isNew = next !== null && 'values' in next;
  const id = isNew ? (next.values['id'] ?? firstNewId) : (next?.id ?? null);
  const own = pick(root.params, root.spec.permit ?? []);
  const changes = { ...own, ...root.spec.change, [ownerKey[0] ?? '']: id };
  const rows: { [table: string]: Rows[string] } = { ...before };
  rows[owner.table] = (before[owner.table] ?? []).map((row) =>
    row['id'] === root.id ? { ...row, ...changes } : row,
  );
  rows[related.table] = [
    ...(before[related.table] ?? []).filter((row) => row['id'] !== gone),
    ...(isNew ? [newRow(related, { ...next.values, id })] : []),
  ];
  const filled = Object.entries(rows).filter(([, list]) => list.length > 0);
  return {
    status: 'ok',
    rows: Object.fromEntries(filled),
    writes: [
      ...(isNew ? [['INSERT', related.table] satisfies [string, string]] : []),
      ['UPDATE', owner.table],
      ['DELETE', related.table],
    ],
  };
}

function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => names.includes(name)),
  );
}
