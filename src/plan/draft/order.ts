import type { Model } from '../../model/model.ts';
import type { Value, Values } from '../../model/value.ts';
import { keyText } from '../../model/value.ts';
import type { Draft, Rank } from './draft.ts';
import type { Operation, Row } from '../plan.ts';

const ranks: readonly Rank[] = ['root', 'removal', 'update', 'insert', 'link', 'last', 'unchanged'];

/**
 * Orders operations over the whole request: by rank and in the order of the request, except that
 * what another needs comes before it: the insert of a row before what refers to it; what refers to
 * a row before its delete; what frees a unique value before what takes it. A circle (two rows that
 * swap a unique value) keeps the order of the request and is left to the database to refuse, at the
 * first of its rows, as in Ecto. (Ecto knows no order but that of the tree: parents, the record,
 * its children.)
 */
export function orderDrafts(drafts: readonly Draft[]): readonly Operation[] {
  const sorted = ranks.flatMap((rank) => drafts.filter((draft) => draft.rank === rank));
  const needs = findNeeds(sorted);
  const done = new Set<Draft>();
  const ordered: Operation[] = [];
  const visit = (draft: Draft): void => {
    if (done.has(draft)) return;
    done.add(draft);
    for (const needed of needs.get(draft) ?? []) visit(needed);
    ordered.push(draft.operation);
  };
  sorted.forEach(visit);
  return ordered;
}

type Needs = Map<Draft, Draft[]>;

function findNeeds(drafts: readonly Draft[]): Needs {
  const needs: Needs = new Map();
  const takes: Needs = new Map();
  needNewRows(drafts, needIn(needs));
  needRowsGone(drafts, needIn(needs));
  needUniqueFreed(drafts, needIn(takes));
  const all = (draft: Draft) => [...(needs.get(draft) ?? []), ...(takes.get(draft) ?? [])];
  const inOrder: Needs = new Map([...needs].map(([later, sooner]) => [later, [...sooner]]));
  for (const [later, list] of takes) {
    for (const sooner of list) {
      if (!reaches(sooner, later, all)) needIn(inOrder)(later, sooner);
    }
  }
  return inOrder;
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
function reaches(from: Draft, to: Draft, needs: (draft: Draft) => readonly Draft[]): boolean {
  const seen = new Set<Draft>();
  const open = [from];
  for (let draft = open.pop(); draft; draft = open.pop()) {
    if (draft === to) return true;
    if (seen.has(draft)) continue;
    seen.add(draft);
    open.push(...needs(draft));
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
    for (const text of uniqueTexts(draft.model, operation.values)) keyed.set(text, draft);
  }
  for (const draft of drafts) {
    const { operation } = draft;
    if (operation.action === 'insert' || operation.action === 'update') {
      const { references } = operation;
      for (const { to } of references) need(draft, numbered.get(to));
      const values = operation.action === 'insert' ? operation.values : operation.changes;
      for (const text of referredTexts(draft.model, values)) need(draft, keyed.get(text));
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
    for (const text of uniqueTexts(draft.model, draft.operation.from)) deletes.set(text, draft);
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
      for (const text of referredTexts(draft.model, operation.from)) needed(draft, text);
    }
  }
}

/** A stored row by its primary key, as `uniqueTexts` has it. */
function rowText(model: string, row: Row): string {
  if (!('key' in row)) return '';
  return referenceText(model, Object.keys(row.key), Object.values(row.key));
}

/** The rows that foreign keys refer to, as `uniqueTexts` has them. */
function referredTexts(model: Model, values: Values): readonly string[] {
  return [...model.associations.values()].flatMap((association) => {
    if (association.kind !== 'belongsTo') return [];
    const { related, ownerKey, relatedKey } = association;
    const key = ownerKey.map((name) => values[name] ?? null);
    return key.includes(null) ? [] : [referenceText(related.name, relatedKey, key)];
  });
}

/** A unique value is freed, by a delete or a change, before another row takes it. */
function needUniqueFreed(drafts: readonly Draft[], need: Need): void {
  const frees = new Map<string, Draft>();
  for (const draft of drafts) {
    const { operation } = draft;
    if (operation.action !== 'update' && operation.action !== 'delete') continue;
    for (const key of freedKeys(draft.model, operation)) frees.set(key, draft);
  }
  if (frees.size === 0) return;
  for (const draft of drafts) {
    const { operation } = draft;
    if (operation.action === 'insert') {
      for (const key of uniqueTexts(draft.model, operation.values)) need(draft, frees.get(key));
    } else if (operation.action === 'update') {
      for (const key of uniqueTexts(draft.model, operation.changes)) need(draft, frees.get(key));
    }
  }
}

function freedKeys(
  model: Model,
  operation: Extract<Operation, { action: 'update' | 'delete' }>,
): readonly string[] {
  if (operation.action === 'delete') return uniqueTexts(model, operation.from);
  const changed = new Set([
    ...Object.keys(operation.changes),
    ...operation.references.flatMap((item) => item.fields),
  ]);
  return uniqueTexts(
    model,
    Object.fromEntries(Object.entries(operation.from).filter(([name]) => changed.has(name))),
  );
}

/** The unique keys whose values are all given, as text. */
function uniqueTexts(model: Model, values: Values): readonly string[] {
  return model.uniqueKeys.flatMap((key) => {
    const parts = key.map((name) => values[name] ?? null);
    return parts.includes(null) ? [] : [referenceText(model.name, key, parts)];
  });
}

function referenceText(model: string, names: readonly string[], values: readonly Value[]): string {
  return `${model} ${names.join(',')} ${keyText(values)}`;
}
