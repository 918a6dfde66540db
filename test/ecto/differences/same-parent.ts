import type { Rows } from '../case.ts';
import { canonical } from '../json.ts';
import { hasOwnChanges, type Step, stepsOf } from './action-steps.ts';
import type { Difference, Facts } from './difference.ts';
import { visitsOf } from './visits.ts';

/** Rule 10: a belongs_to's record is updated and stays the owner's. */
export const sameParent: Difference = {
  rule: 10,
  reason:
    'a belongs_to record that stays the same does not rewrite its owner (Ecto sends an UPDATE of the key it has)',
  instead(facts) {
    const { expected, loaded, before } = facts;
    const kept = stepsOf(facts).filter((step) => keepsParent(facts, step));
    if (expected.status !== 'ok' || kept.length === 0) return null;
    const writes = [...(expected.writes ?? [])];
    let { rows = {} } = expected;
    let changed = false;
    for (const { owner, association } of kept) {
      const { table, updatedAt } = association.owner;
      const redundant = isRedundant(facts, owner, updatedAt);
      const at = writes.findIndex((write) => write.join() === `UPDATE,${table}`);
      if (redundant && at >= 0) writes.splice(at, 1);
      if (redundant && updatedAt) rows = withStored(rows, loaded, table, owner.id, updatedAt);
      const [key = ''] = association.kind === 'belongsTo' ? association.ownerKey : [];
      const now = withStored(rows, before, table, owner.id, key);
      changed ||= redundant || canonical(now) !== canonical(rows);
      rows = now;
    }
    if (!changed) return null;
    return {
      ...expected,
      ...(expected.writes && { writes }),
      ...(expected.rows && { rows }),
    };
  },
};

/** Whether a record is updated that is the owner's already. */
function keepsParent({ loaded }: Facts, { owner, association, entry }: Step): boolean {
  if (association.kind !== 'belongsTo' || entry.action !== 'update') return false;
  const [key = ''] = association.ownerKey;
  const stored = (loaded[association.owner.table] ?? []).find((row) => row['id'] === owner.id);
  return stored?.[key] === entry.id;
}

/** Whether the owner's key is all that Ecto writes to it. */
function isRedundant(facts: Facts, owner: Step['owner'], updatedAt: string | null): boolean {
  if (hasOwnChanges(owner)) return false;
  const visit = visitsOf(facts).find(({ ectoPath }) => ectoPath.join() === owner.path.join());
  return !visit?.spec.lock && !isTouched(facts, owner, updatedAt);
}

/** Whether a cast of the owner's touches it because something below it changes. */
function isTouched(facts: Facts, owner: Step['owner'], updatedAt: string | null): boolean {
  if (updatedAt === null) return false;
  const visit = visitsOf(facts).find(({ ectoPath }) => ectoPath.join() === owner.path.join());
  const changed = new Set(
    stepsOf(facts)
      .filter((step) => step.owner === owner)
      .map((step) => step.association.name),
  );
  return (visit?.spec.casts ?? []).some(
    (cast) => cast.forceUpdateOnChange !== false && changed.has(cast.assoc),
  );
}

function withStored(rows: Rows, loaded: Rows, table: string, id: unknown, column: string): Rows {
  const before = (loaded[table] ?? []).find((row) => row['id'] === id);
  const after = (rows[table] ?? []).map((row) =>
    row['id'] === id ? { ...row, [column]: before?.[column] ?? null } : row,
  );
  return { ...rows, [table]: after };
}
