import { foreignKeyTexts, referenceText, uniqueKeyTexts } from '../../model/key.ts';
import type { Draft, Phase } from './draft.ts';
import type { Operation, Row } from '../plan.ts';
import { findTransfers, type Transfer } from './transfer.ts';

const phases: readonly Phase[] = ['root', 'removal', 'update', 'insert', 'link', 'last'];

/**
 * Orders operations over the whole request: by phase and in the order of the request, except that
 * what another needs comes before it: the insert of a row before what refers to it; what refers to
 * a row before its delete; what frees a unique value before what takes it. If rows exchange
 * unique values, the first of them stays first, and the row whose value it takes is parked; if
 * that cannot be, the database refuses the first. (Ecto knows no order but that of the tree:
 * parents, the record, its children.)
 */
export function orderDrafts(drafts: readonly Draft[]): readonly Operation[] {
  const unchanged = drafts.filter(({ phase }) => phase === 'unchanged');
  const writes = drafts.filter(({ phase }) => phase !== 'unchanged');
  return [...orderWrites(writes), ...unchanged.map(({ operation }) => operation)];
}

function orderWrites(drafts: readonly Draft[]): readonly Operation[] {
  const sorted = phases.flatMap((phase) => drafts.filter((draft) => draft.phase === phase));
  const transfers = findTransfers(sorted);
  const needs = findNeeds(sorted, transfers);
  const done = new Set<Draft>();
  const ordered: Draft[] = [];
  const visit = (draft: Draft): void => {
    if (done.has(draft)) return;
    done.add(draft);
    for (const needed of needs.get(draft) ?? []) visit(needed);
    ordered.push(draft);
  };
  sorted.forEach(visit);
  return parkTakenEarly(ordered, transfers);
}

type Needs = Map<Draft, Draft[]>;

/** What each operation needs before it; of a circle one transfer is left out. */
function findNeeds(drafts: readonly Draft[], transfers: readonly Transfer[]): Needs {
  const needs: Needs = new Map();
  needNewRows(drafts, needIn(needs));
  needRowsGone(drafts, needIn(needs));
  // The one tried last is left out: one whose giver can be parked if there is any, and of those the
  // first.
  const fixed = transfers.filter(({ parks }) => parks === null);
  const parkable = transfers.filter(({ parks }) => parks !== null);
  for (const { giver, taker } of [...parkable, ...fixed].toReversed()) {
    if (!reaches(giver, taker, needs)) needIn(needs)(taker, giver);
  }
  return needs;
}

/** Marks the updates that free a unique value only after another row has taken it. */
function parkTakenEarly(
  ordered: readonly Draft[],
  transfers: readonly Transfer[],
): readonly Operation[] {
  if (transfers.length === 0) return ordered.map(({ operation }) => operation);
  const positions = new Map(ordered.map((draft, position) => [draft, position]));
  const positionOf = (draft: Draft) => positions.get(draft) ?? 0;
  const parked = new Map<Draft, Set<string>>();
  for (const { giver, taker, parks } of transfers) {
    if (parks === null || positionOf(giver) < positionOf(taker)) continue;
    const fields = parked.get(giver) ?? new Set();
    parked.set(giver, fields.add(parks.name));
  }
  return ordered.map((draft) => {
    const { operation } = draft;
    const fields = parked.get(draft);
    return fields && operation.action === 'update'
      ? { ...operation, parks: [...fields] }
      : operation;
  });
}

function needIn(needs: Needs): Need {
  return (later, sooner) => {
    if (!sooner || sooner === later) return;
    const list = needs.get(later);
    if (list) list.push(sooner);
    else needs.set(later, [sooner]);
  };
}

/** Whether one operation needs another, however indirectly. */
function reaches(from: Draft, to: Draft, needs: Needs): boolean {
  const seen = new Set<Draft>();
  const open = [from];
  for (let draft = open.pop(); draft; draft = open.pop()) {
    if (draft === to) return true;
    if (seen.has(draft)) continue;
    seen.add(draft);
    open.push(...(needs.get(draft) ?? []));
  }
  return false;
}

type Need = (later: Draft, sooner: Draft | undefined) => void;

/**
 * A row is inserted before what refers to it: by its number in the plan, or by a key that was
 * given.
 */
function needNewRows(drafts: readonly Draft[], need: Need): void {
  const numbered = new Map<number, Draft>();
  const keyed = new Map<string, Draft>();
  for (const draft of drafts) {
    const { operation } = draft;
    if (operation.action !== 'insert') continue;
    if ('new' in operation.row) numbered.set(operation.row.new, draft);
    for (const { text } of uniqueKeyTexts(draft.model, operation.values)) keyed.set(text, draft);
  }
  for (const draft of drafts) {
    const { operation } = draft;
    if (operation.action === 'insert' || operation.action === 'update') {
      const { references } = operation;
      for (const { to } of references) need(draft, numbered.get(to));
      const values = operation.action === 'insert' ? operation.values : operation.changes;
      for (const text of foreignKeyTexts(draft.model, values)) need(draft, keyed.get(text));
    }
    if (operation.action === 'link') {
      for (const row of [operation.row, operation.via.row])
        if ('new' in row) need(draft, numbered.get(row.new));
    }
  }
}

/** What refers to a row goes, or points elsewhere, before the row is deleted. */
function needRowsGone(drafts: readonly Draft[], need: Need): void {
  const deletes = new Map<string, Draft>();
  for (const draft of drafts) {
    if (draft.operation.action !== 'delete') continue;
    for (const { text } of uniqueKeyTexts(draft.model, draft.operation.from))
      deletes.set(text, draft);
  }
  if (deletes.size === 0) return;
  const needed = (sooner: Draft, text: string) => {
    const later = deletes.get(text);
    if (later) need(later, sooner);
  };
  for (const draft of drafts) {
    const { operation } = draft;
    if (operation.action === 'unlink') {
      needed(draft, rowText(operation.via.model, operation.via.row));
      needed(draft, rowText(operation.model, operation.row));
    }
    if (operation.action === 'update' || operation.action === 'delete') {
      for (const text of foreignKeyTexts(draft.model, operation.from)) needed(draft, text);
    }
  }
}

/** A stored row as text, by its primary key. */
function rowText(model: string, row: Row): string {
  return 'key' in row ? referenceText(model, row.key) : '';
}
