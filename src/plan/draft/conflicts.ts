import type { Draft } from './draft.ts';
import type { Operation, PlanIssue } from '../plan.ts';

/**
 * Holds the rule that a row is changed in one place of a request only: the second is an issue. A
 * place that leaves the row as it is does not count, unless it is a list that the other place takes
 * the row from; nor does one that would only touch it: the change touches it as well. What one list
 * leaves out (or what goes with a deleted owner) and another puts or relates is a move, not a
 * removal: the removal is dropped. (Ecto writes the row in each place.)
 */
export function resolveConflicts(drafts: readonly Draft[]): {
  readonly drafts: readonly Draft[];
  readonly issues: readonly PlanIssue[];
} {
  const groups = groupRepeated(drafts);
  if (groups.size === 0) return { drafts, issues: [] };
  const dropped = new Set<Draft>();
  const droppedRows = new Set<string>();
  const needless = new Set<Draft>();
  const issues: PlanIssue[] = [];
  for (const [row, group] of groups) {
    const changes = group.filter(({ operation }) => isChange(operation));
    const removals = changes.filter((draft) => isRemoval(draft.operation));
    const moves = changes.filter((draft) => !isRemoval(draft.operation));
    const isKept = group.some((draft) => draft.keeps.length > 0);
    const isChanged = moves.length > 0 || (changes.length > 0 && !isKept);
    const touches = group.filter(({ operation }) => isTouch(operation));
    for (const touch of isChanged ? touches : touches.slice(1)) needless.add(touch);
    if (moves.length === 0 && !isKept) {
      dropRepeated(removals, dropped);
      continue;
    }
    for (const removal of removals) {
      dropped.add(removal);
      droppedRows.add(row);
    }
    const places = group.filter(
      (draft) => moves.includes(draft) || moves.some((move) => takesFrom(move, draft)),
    );
    for (const second of places.slice(1)) issues.push(conflict(second.operation));
  }
  const kept = drafts.filter(
    (draft) =>
      !dropped.has(draft) && !(draft.cascadeOf !== null && droppedRows.has(draft.cascadeOf)),
  );
  return {
    drafts: kept.map((draft) => (needless.has(draft) ? untouched(draft) : draft)),
    issues,
  };
}

/** The drafts of each stored row that has several. */
function groupRepeated(drafts: readonly Draft[]): ReadonlyMap<string, readonly Draft[]> {
  const firsts = new Map<string, Draft>();
  const groups = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const { rowText } = draft;
    if (rowText === null) continue;
    const first = firsts.get(rowText);
    const group = groups.get(rowText);
    if (group) group.push(draft);
    else if (first) groups.set(rowText, [first, draft]);
    else firsts.set(rowText, draft);
  }
  return groups;
}

function isChange(operation: Operation): boolean {
  return operation.action !== 'unchanged' && !isTouch(operation);
}

/** Whether an update changes nothing but the row's updatedAt and version. */
function isTouch(operation: Operation): boolean {
  return (
    operation.action === 'update' &&
    operation.references.length === 0 &&
    Object.keys(operation.changes).length === 0
  );
}

/** Whether an operation takes a row from where another place keeps it. */
function takesFrom({ operation }: Draft, { keeps }: Draft): boolean {
  if (operation.action === 'delete') return keeps.length > 0;
  if (operation.action !== 'update') return false;
  const linked = operation.references.flatMap(({ fields }) => fields);
  return keeps.some((name) => name in operation.changes || linked.includes(name));
}

/** A touch as a row that stays as it is: it still insists on what it expects. */
function untouched(draft: Draft): Draft {
  const { operation } = draft;
  if (operation.action !== 'update') return draft;
  const { model, row, path, reason, expects } = operation;
  return {
    ...draft,
    operation: { action: 'unchanged', model, row, path, reason, expects },
    phase: 'unchanged',
  };
}

/** A removal that the request does not name. */
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
