import type { BelongsTo, Model } from '../../../src/model/model.ts';
import type { Value } from '../../../src/model/value.ts';
import type { Expectation, Rows } from '../case.ts';
import { changedAssociations, type Given, pick } from './changed.ts';
import type { Difference, Facts } from './difference.ts';
import { firstNewId, newRow } from './simulate.ts';
import { currentRows, idOf, type Visit, visitsOf } from './visits.ts';

/**
 * Rule 5: a belongs_to record is replaced under `delete`, and nothing but its owner refers to it.
 */
export const parentDeletedLast: Difference = {
  rule: 5,
  reason:
    'a belongs_to record that is to be deleted goes last (Ecto deletes it while its owner still refers to it)',
  instead(facts) {
    const { expected } = facts;
    if (expected.exception !== 'Ecto.ConstraintError') return null;
    const [root] = visitsOf(facts);
    const [replaced, ...others] = root ? deletions(facts, root) : [];
    if (!root || !replaced || others.length > 0) return null;
    const { association, gone } = replaced;
    const done = written(facts, root, replaced);
    const stays = isReferred(facts, association, gone, root.id);
    if (done.status === 'ok' && stays) return null;
    // What becomes of another association is not told here.
    const alone = changedAssociations(root).length === 1;
    return alone ? done : { ...done, rows: undefined, writes: undefined };
  },
};

interface Replacement {
  readonly association: BelongsTo;
  readonly gone: Value;
  /** What comes instead; nothing where the owner is left without. */
  readonly next: Given | undefined;
}

/** The belongs_to records that are deleted: marked so, or replaced under onReplace `delete`. */
function deletions({ loaded }: Facts, root: Visit): readonly Replacement[] {
  return changedAssociations(root).flatMap(({ association, given: [next] }) => {
    if (association.kind !== 'belongsTo') return [];
    const { onReplace } = association.rules;
    const [current] = currentRows(association, root.id, loaded);
    const gone = current?.['id'] ?? null;
    if (gone === null || next?.action === 'ignore') return [];
    if (next?.action === 'delete') {
      const meant = next.id === gone || onReplace === 'update';
      return meant ? [{ association, gone, next: undefined }] : [];
    }
    const replaces = onReplace === 'delete' || onReplace === 'deleteIfExists';
    return replaces && next?.id !== gone ? [{ association, gone, next }] : [];
  });
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
        (row) => row[key] === gone && !(model === owner && row['id'] === ownerId),
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
  const rows: { [table: string]: Rows[string] } = { ...before };
  const writes: NonNullable<Expectation['writes']> = [];
  const others = (before[related.table] ?? []).filter((row) => row['id'] !== gone);
  let id: Value = null;
  if (next?.stored && next.action !== 'insert') {
    id = next.id;
    const changed = Object.keys(next.values).length > 0;
    if (changed) writes.push(['UPDATE', related.table]);
    rows[related.table] = others.map((row) =>
      row['id'] === id ? { ...row, ...next.values } : row,
    );
  } else if (next) {
    id = (next.stored ? next.id : idOf(related, next.values)) ?? firstNewId;
    if (others.some((row) => row['id'] === id)) return keyTaken(before, related);
    writes.push(['INSERT', related.table]);
    const row = newRow(related, { ...next.values, id });
    rows[related.table] = [...others, row];
  } else {
    rows[related.table] = others;
  }
  const own = pick(root.params, root.spec.permit ?? []);
  const changes = { ...own, ...root.spec.change, [ownerKey[0] ?? '']: id };
  rows[owner.table] = (before[owner.table] ?? []).map((row) =>
    row['id'] === root.id ? { ...row, ...changes } : row,
  );
  writes.push(['UPDATE', owner.table], ['DELETE', related.table]);
  const filled = Object.entries(rows).filter(([, list]) => list.length > 0);
  return { status: 'ok', rows: Object.fromEntries(filled), writes };
}

/** Its row comes first, and its key is another's. */
function keyTaken(rows: Rows, { table }: Model): Expectation {
  return {
    status: 'raises',
    exception: 'Ecto.ConstraintError',
    message: `"${table}_pkey" (unique_constraint)`,
    raisedIn: 'repo',
    rows,
  };
}
