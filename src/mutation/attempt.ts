import type { Changeset } from '../changeset/changeset.ts';
import type { Path } from '../changeset/issue.ts';
import { listErrors, type LocatedIssue } from '../changeset/traverse-errors.ts';
import { idText } from '../model/value.ts';
import { findConflicts } from '../plan/plan-write.ts';
import { ConstraintError, StaleEntryError } from '../repo/errors/errors.ts';
import { writeChangeset } from '../repo/write/write-changeset.ts';
import { gatherLocked, type LockedReading } from './load/load-locked.ts';
import { Ended, type Result, rootPath } from './request.ts';
import { rootChangeset } from './changeset/root-changeset.ts';
import { findStaleEntry } from './changeset/stale-entry.ts';

/*
 * An attempt, in order:
 * 1. find, without locks, the owners that the request concerns (owners.ts) and, where that takes
 *    reading anyway, the rows that it would write; an attempt that follows another knows them from
 *    that one (`ahead`);
 * 2. lock them, in the one order of all rows;
 * 3. read anew, under the locks, what the changeset is made of (gather.ts); where that shows owners
 *    that are not held, begin anew with them (Outdated); so far gather-locked.ts;
 * 4. make the changeset (root-changeset.ts); end it here if it is stale or invalid;
 * 5. plan, lock the rows of the plan, compare them with what was read (Outdated again), write
 *    (repo/write.ts).
 */

/** One attempt to do what is asked for, within a transaction. */
export interface WriteAttempt extends LockedReading {
  readonly dryRun: boolean;
  /** Each operation is to be written by a call of its own. */
  readonly oneByOne: boolean;
  /** How often others have come between in all attempts, by what was refused then. */
  readonly interruptions: Map<string, number>;
}

/**
 * Locks the owners that a request concerns, reads what it changes, makes the changeset, plans and
 * writes it. (In Ecto the caller preloads, and nothing is locked.)
 * @throws Ended with every result but success; Outdated, where the attempt is to be made anew.
 */
export async function attemptWrite(
  attempt: WriteAttempt,
): Promise<Extract<Result, { kind: 'success' }>> {
  const { tx, locks, models, oneByOne, request, maxRows } = attempt;
  const root = rootPath(request);
  const gathered = await gatherLocked(attempt);
  const changeset = rootChangeset(gathered, request);
  const stale = findStaleEntry(gathered, changeset, root);
  if (stale) throw new Ended({ kind: 'stale', ...stale });
  if (!changeset.valid) {
    throw invalid(changeset, root, findConflicts(changeset, root));
  }
  const how = { models, now: new Date(), root, oneByOne, locks, maxRows, exact: true };
  const outcome = await writeChangeset(tx, changeset, how).catch((error: unknown) => {
    if (error instanceof StaleEntryError) throw new Ended(staleResult(error));
    // Nothing that the locks guard is refused so: a writer that takes none has come between.
    if (error instanceof ConstraintError && mayRepeat(attempt, error.constraint)) {
      throw locks.outdated();
    }
    throw error;
  });
  if (!outcome.ok) {
    const taken = findTakenRef(outcome.changeset, root);
    if (taken && mayRepeat(attempt, taken)) throw locks.outdated();
    throw invalid(outcome.changeset, root);
  }
  if (attempt.dryRun) throw new Ended({ kind: 'dryRun', plan: outcome.plan });
  return { kind: 'success', record: outcome.struct.fields, plan: outcome.plan };
}

/**
 * Whether to begin anew where something is refused that another may have made since it was read.
 * What is refused again each time is not another's doing: a name is taken within the request
 * itself.
 */
function mayRepeat({ interruptions }: WriteAttempt, refused: string): boolean {
  const times = (interruptions.get(refused) ?? 0) + 1;
  interruptions.set(refused, times);
  return times <= MEANWHILE;
}

const MEANWHILE = 3;

function invalid(changeset: Changeset, root: Path, conflicts: readonly LocatedIssue[] = []): Ended {
  const issues = [...listErrors(changeset, root), ...conflicts];
  return new Ended({ kind: 'invalid', issues });
}

function staleResult({ model, key, path }: StaleEntryError): Result {
  const id = idText(Object.values(key));
  return { kind: 'stale', path, type: model, id };
}

/**
 * The place of a reference whose record was to be created and has been made by another: then it can
 * be linked.
 */
function findTakenRef(changeset: Changeset, root: Path): string | undefined {
  return listErrors(changeset, root)
    .find(({ code, path }) => code === 'UNIQUE' && path.includes('refs'))
    ?.path.join('.');
}
