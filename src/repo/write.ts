import type { Changeset } from '../changeset/changeset.ts';
import { addErrorAt } from '../changeset/traverse.ts';
import type { Struct } from '../model/struct.ts';
import { assertNotNull } from '../plan/not-null.ts';
import type { Plan } from '../plan/operation.ts';
import { planWrite } from '../plan/plan-write.ts';
import { writtenStruct } from '../plan/written.ts';
import { loadCascades } from './cascades.ts';
import { checkStored } from './check-stored.ts';
import type { Delegates } from './delegates.ts';
import { makeKeys } from './new-keys.ts';
import { runPrepared } from './prepare.ts';
import type { RunOptions } from './run-plan.ts';
import { runPlan } from './run-plan.ts';

/** What a write ends with: the record as it is stored now and what was done, or the changeset with its errors. */
export type Outcome =
  | { readonly ok: true; readonly struct: Struct; readonly plan: Plan }
  | { readonly ok: false; readonly changeset: Changeset };

/** How a changeset is written. */
export interface WriteOptions extends RunOptions {
  /** Rows that are gone already are passed over instead of being stale. */
  readonly allowStale?: boolean;
}

/**
 * Writes a valid changeset within a transaction: plans, makes keys, locks what is to be written and checks that it is as
 * it was loaded, then runs the plan as Prisma nested writes. A refusal that the changeset declares comes back as its error;
 * the transaction must then be rolled back.
 * @throws StaleEntryError, ConstraintError, AmbiguousRefusal, ChangesetError for null in a column that takes none, or
 * the database's own error.
 */
export async function writeChangeset(
  tx: Delegates,
  given: Changeset,
  options: WriteOptions,
): Promise<Outcome> {
  const changeset = await runPrepared(given, tx);
  if (!changeset.valid) return { ok: false, changeset };
  const cascades = await loadCascades(tx, changeset);
  const root = options.root ?? [];
  const {
    plan: open,
    issues,
    newRows,
  } = planWrite(changeset, { root, cascades });
  if (issues.length > 0) {
    const refused = issues.reduce(
      (done, issue) =>
        addErrorAt(done, issue.path.slice(root.length), { ...issue, at: [] }),
      changeset,
    );
    return { ok: false, changeset: refused };
  }
  const { plan: keyed, made } = await makeKeys(tx, options.models, open);
  const plan = await checkStored(tx, keyed, options);
  assertNotNull(plan, options.models);
  const refused = await runPlan(tx, plan, changeset, options);
  if (refused) return { ok: false, changeset: refused };
  const keys = new Map(
    newRows.map((row, number) => [row, made.get(number) ?? {}]),
  );
  return { ok: true, struct: writtenStruct(changeset, keys), plan };
}
