import type { Draft } from './draft.ts';
import type { Operation, PlanIssue } from '../plan.ts';

/**
 * Holds the rule that a row is planned in one place of a request only: the second is an issue. What
 * one list leaves out (or what goes with a deleted owner) and another list puts is a move, not a
 * removal: the removal is dropped. (Ecto writes the row in each place.)
 */
export function resolveConflicts(drafts: readonly Draft[]): {
  readonly drafts: readonly Draft[];
  readonly issues: readonly PlanIssue[];
} {
  const byRow = new Map<string, Draft[]>();
  for (const draft of drafts) {
    if (draft.rowText === null) continue;
    const group = byRow.get(draft.rowText);
    if (group) group.push(draft);
    else byRow.set(draft.rowText, [draft]);
  }
  const dropped = new Set<Draft>();
  const droppedRows = new Set<string>();
  const issues: PlanIssue[] = [];
  for (const [row, group] of byRow) {
    const claims = group.filter((draft) => draft.claims);
    const moves = claims.filter((draft) => !isRemoval(draft.operation));
    const removals = claims.filter((draft) => isRemoval(draft.operation));
    if (moves.length === 0) {
      dropRepeated(removals, dropped);
      continue;
    }
    for (const removal of removals) {
      dropped.add(removal);
      droppedRows.add(row);
    }
    for (const second of moves.slice(1)) issues.push(conflict(second.operation));
  }
  const kept = drafts.filter(
    (draft) =>
      !dropped.has(draft) && !(draft.cascadeOf !== null && droppedRows.has(draft.cascadeOf)),
  );
  return { drafts: kept, issues };
}

/** A removal that nobody asked for by name. */
function isRemoval(operation: Operation): boolean {
  return operation.reason !== 'given';
}

/** A row that goes for two reasons goes once: as the removal that was planned first. */
function dropRepeated(removals: readonly Draft[], dropped: Set<Draft>): void {
  for (const repeated of removals.slice(1)) dropped.add(repeated);
}

function conflict(operation: Operation): PlanIssue {
  return {
    field: '',
    message: 'is changed in another place of this request',
    params: {},
    code: 'CONFLICTING_INPUT',
    path: operation.path,
  };
}
