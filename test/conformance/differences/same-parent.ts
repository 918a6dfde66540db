import type { Rows } from '../case.ts';
import { hasOwnChanges, type Step, stepsOf } from './action-steps.ts';
import type { Difference, Facts } from './difference.ts';
import { visitsOf } from './visits.ts';

/** Rule 10: a belongs_to's record is updated and stays the owner's. */
export const sameParent: Difference = {
  rule: 10,
  reason:
    'a belongs_to record that stays the same does not rewrite its owner (Ecto sends an UPDATE of the key it has)',
  instead(facts) {
    const { expected, loaded } = facts;
    const redundant = stepsOf(facts).filter((step) => isRedundant(facts, step));
    if (expected.status !== 'ok' || redundant.length === 0) return null;
    const writes = [...(expected.writes ?? [])];
    let { rows = {} } = expected;
    for (const { owner, association } of redundant) {
      const { table, updatedAt } = association.owner;
      const at = writes.findIndex(
        (write) => write.join() === `UPDATE,${table}`,
      );
      if (at >= 0) writes.splice(at, 1);
      if (updatedAt)
        rows = withStored(rows, loaded, table, owner.id, updatedAt);
    }
    return { ...expected, writes, rows };
  },
};

/** Whether the owner's key is all that Ecto writes to it. */
function isRedundant(
  facts: Facts,
  { owner, association, entry }: Step,
): boolean {
  if (association.kind !== 'belongsTo' || entry.action !== 'update')
    return false;
  const [key = ''] = association.ownerKey;
  const stored = (facts.loaded[association.owner.table] ?? []).find(
    (row) => row['id'] === owner.id,
  );
  if (stored?.[key] !== entry.id || hasOwnChanges(owner)) return false;
  const visit = visitsOf(facts).find(
    ({ ectoPath }) => ectoPath.join() === owner.path.join(),
  );
  return (
    !visit?.spec.lock && !isTouched(facts, owner, association.owner.updatedAt)
  );
}

/** Whether a cast of the owner's touches it because something below it changes. */
function isTouched(
  facts: Facts,
  owner: Step['owner'],
  updatedAt: string | null,
): boolean {
  if (updatedAt === null) return false;
  const visit = visitsOf(facts).find(
    ({ ectoPath }) => ectoPath.join() === owner.path.join(),
  );
  const changed = new Set(
    stepsOf(facts)
      .filter((step) => step.owner === owner)
      .map((step) => step.association.name),
  );
  return (visit?.spec.casts ?? []).some(
    (cast) => cast.forceUpdateOnChange !== false && changed.has(cast.assoc),
  );
}

function withStored(
  rows: Rows,
  loaded: Rows,
  table: string,
  id: unknown,
  column: string,
): Rows {
  const before = (loaded[table] ?? []).find((row) => row['id'] === id);
  const after = (rows[table] ?? []).map((row) =>
    row['id'] === id ? { ...row, [column]: before?.[column] ?? null } : row,
  );
  return { ...rows, [table]: after };
}
