import type { Field, Model } from '../../model/model.ts';
import { type UniqueKey, uniqueKeyTexts } from '../../model/key.ts';
import type { Draft } from './draft.ts';
import type { Update } from '../plan.ts';
import { parkableField } from './parking.ts';

/** A unique value that one row of the plan gives up and another takes. */
export interface Transfer {
  readonly giver: Draft;
  readonly taker: Draft;
  /** The field in which the giver can hold something else for a while; null if there is none. */
  readonly parks: Field | null;
}

/** The unique values that pass from row to row, in the order of the takers. */
export function findTransfers(drafts: readonly Draft[]): readonly Transfer[] {
  const givers = new Map<string, Omit<Transfer, 'taker'>>();
  for (const giver of drafts) {
    for (const { fields, text } of givenUp(giver))
      givers.set(text, { giver, parks: parkedField(giver, fields) });
  }
  if (givers.size === 0) return [];
  return drafts.flatMap((taker) =>
    taken(taker).flatMap(({ text }) => {
      const found = givers.get(text);
      return found && found.giver !== taker ? [{ ...found, taker }] : [];
    }),
  );
}

function parkedField({ operation, model }: Draft, key: readonly string[]): Field | null {
  if (operation.action !== 'update') return null;
  const changed = changedFields(operation);
  return parkableField(
    model,
    key.filter((name) => changed.has(name)),
  );
}

function givenUp({ operation, model, stored }: Draft): readonly UniqueKey[] {
  if (operation.action === 'delete') return uniqueKeyTexts(model, stored);
  if (operation.action !== 'update') return [];
  return uniqueKeyTexts(model, stored, changedKeys(model, operation));
}

function taken({ operation, model, stored }: Draft): readonly UniqueKey[] {
  if (operation.action === 'insert') return uniqueKeyTexts(model, operation.values);
  if (operation.action !== 'update') return [];
  const keys = changedKeys(model, operation);
  if (keys.length === 0) return [];
  // The key of a row that is yet to be inserted belongs to no row yet.
  const referring = operation.references.flatMap(({ fields }) => fields);
  const unknown = Object.fromEntries(referring.map((name) => [name, null]));
  const values = { ...stored, ...operation.changes, ...unknown };
  return uniqueKeyTexts(model, values, keys);
}

/** The unique keys of which an update changes a part. */
function changedKeys(model: Model, update: Update): readonly (readonly string[])[] {
  const changed = changedFields(update);
  return model.uniqueKeys.filter((fields) => fields.some((name) => changed.has(name)));
}

function changedFields({ changes, references }: Update): ReadonlySet<string> {
  const referring = references.flatMap(({ fields }) => fields);
  return new Set([...Object.keys(changes), ...referring]);
}
