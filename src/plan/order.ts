import type { Model } from '../model/model.ts';
import type { Value, Values } from '../model/value.ts';
import { keyText } from '../model/value.ts';
import type { Draft, Rank } from './draft.ts';
import type { Operation, Row } from './operation.ts';

const ranks: readonly Rank[] = [
  'root',
  'removal',
  'update',
  'insert',
  'link',
  'last',
  'unchanged',
];

/**
 * Orders operations over the whole request: by rank and in the order of the request, except that what another needs comes
 * before it: the insert of a row before what refers to it; what refers to a row before its delete; what frees a unique
 * value before what takes it. A circle (two rows that swap a unique value) keeps the order of the request and is left to
 * the database to refuse, at the first of its rows, as in Ecto.
 */
export function orderDrafts(drafts: readonly Draft[]): readonly Operation[] {
  const sorted = ranks.flatMap((rank) =>
    drafts.filter((draft) => draft.rank === rank),
  );
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
  const all = (draft: Draft) => [
    ...(needs.get(draft) ?? []),
    ...(takes.get(draft) ?? []),
  ];
  const inOrder: Needs = new Map(
    [...needs].map(([later, sooner]) => [later, [...sooner]]),
  );
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
function reaches(
  from: Draft,
  to: Draft,
  needs: (draft: Draft) => readonly Draft[],
): boolean {
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

/** A row is inserted before what refers to it. */
function needNewRows(drafts: readonly Draft[], need: Need): void {
  const inserts = new Map<number, Draft>();
  for (const draft of drafts) {
    if (draft.operation.action === 'insert' && 'new' in draft.operation.row)
      inserts.set(draft.operation.row.new, draft);
  }
  for (const draft of drafts) {
    const { operation } = draft;
    if (operation.action === 'insert' || operation.action === 'update') {
      for (const reference of operation.references)
        need(draft, inserts.get(reference.to));
    }
    if (operation.action === 'link') {
      for (const row of [operation.row, operation.via.row])
        if ('new' in row) need(draft, inserts.get(row.new));
    }
  }
}

/** What refers to a row goes, or points elsewhere, before the row is deleted. */
function needRowsGone(drafts: readonly Draft[], need: Need): void {
  const deletes = new Map<string, Draft>();
  for (const draft of drafts) {
    if (draft.operation.action === 'delete')
      indexDelete(deletes, draft, draft.operation.from);
  }
  if (deletes.size === 0) return;
  for (const draft of drafts) {
    const { operation } = draft;
    if (operation.action === 'unlink') {
      needBefore(deletes, operation.via.model, operation.via.row, draft, need);
      needBefore(deletes, operation.model, operation.row, draft, need);
    }
    if (operation.action !== 'update' && operation.action !== 'delete')
      continue;
    for (const association of draft.model.associations.values()) {
      if (association.kind !== 'belongsTo') continue;
      const key = association.ownerKey.map(
        (name) => operation.from[name] ?? null,
      );
      if (!key.includes(null)) {
        const target = deletes.get(
          referenceText(association.related.name, association.relatedKey, key),
        );
        if (target) need(target, draft);
      }
    }
  }
}

function indexDelete(
  deletes: Map<string, Draft>,
  draft: Draft,
  from: Values,
): void {
  for (const key of draft.model.uniqueKeys) {
    deletes.set(
      referenceText(
        draft.model.name,
        key,
        key.map((name) => from[name] ?? null),
      ),
      draft,
    );
  }
}

function needBefore(
  deletes: ReadonlyMap<string, Draft>,
  model: string,
  row: Row,
  draft: Draft,
  need: Need,
): void {
  if (!('key' in row)) return;
  const names = Object.keys(row.key);
  const target = deletes.get(
    referenceText(
      model,
      names,
      names.map((name) => row.key[name] ?? null),
    ),
  );
  if (target) need(target, draft);
}

/** A unique value is freed, by a delete or a change, before another row takes it. */
function needUniqueFreed(drafts: readonly Draft[], need: Need): void {
  const frees = new Map<string, Draft>();
  for (const draft of drafts) {
    const { operation } = draft;
    if (operation.action !== 'update' && operation.action !== 'delete')
      continue;
    for (const key of freedKeys(draft.model, operation)) frees.set(key, draft);
  }
  if (frees.size === 0) return;
  for (const draft of drafts) {
    const { operation } = draft;
    if (operation.action === 'insert') {
      for (const key of uniqueTexts(draft.model, operation.values))
        need(draft, frees.get(key));
    } else if (operation.action === 'update') {
      for (const key of uniqueTexts(draft.model, operation.changes))
        need(draft, frees.get(key));
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
    Object.fromEntries(
      Object.entries(operation.from).filter(([name]) => changed.has(name)),
    ),
  );
}

/** The unique keys whose values are all given, as text. */
function uniqueTexts(model: Model, values: Values): readonly string[] {
  return model.uniqueKeys.flatMap((key) => {
    const parts = key.map((name) => values[name] ?? null);
    return parts.includes(null) ? [] : [referenceText(model.name, key, parts)];
  });
}

function referenceText(
  model: string,
  names: readonly string[],
  values: readonly Value[],
): string {
  return `${model} ${names.join(',')} ${keyText(values)}`;
}
