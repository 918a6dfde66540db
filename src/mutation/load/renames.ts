import { completeKey, referenceText } from '../../model/key.ts';
import { castNamed } from '../../model/types/cast-value.ts';
import type { Model } from '../../model/model.ts';
import type { Values } from '../../model/value.ts';
import type { Loaders } from '../../repo/read/loaders.ts';
import type { Row } from '../../repo/row.ts';
import type { RecordInput } from '../input/input.ts';

/**
 * The unique values that entries of a request give to records: of each value, the key of the
 * record, null of a new one. A reference by such a value means that record, wherever in the request
 * it stands.
 */
export type Renames = ReadonlyMap<string, Values | null>;

/** The renames of an input and of all that is below it. */
export function findRenames(input: RecordInput): Renames {
  const renames = new Map<string, Values | null>();
  addRenames(input, renames);
  return renames;
}

/** The record that a request gives a unique key, else the one that has it; null if none does. */
export function readReferenced(
  { loaders, renames }: { readonly loaders: Loaders; readonly renames: Renames },
  model: Model,
  key: Values,
): Promise<Row | null> {
  return loaders.record(model, renames.get(referenceText(model.name, key)) ?? key);
}

function addRenames({ tools }: RecordInput, renames: Map<string, Values | null>): void {
  for (const tool of tools) {
    if (tool.kind !== 'cast' && tool.kind !== 'build') continue;
    const { related } = tool.association;
    const { items } = tool;
    // All items of a list take the same fields.
    const unique = uniqueFields(related).filter((name) => items?.[0]?.fields.includes(name));
    for (const item of items ?? []) {
      addRenames(item, renames);
      if (unique.length === 0) continue;
      const key = completeKey(related, item.id?.key ?? []);
      for (const field of unique) {
        const cast = castNamed(related, field, item.params[field]);
        if (!cast.ok || cast.value === null) continue;
        const text = referenceText(related.name, { [field]: cast.value });
        renames.set(text, key ?? renames.get(text) ?? null);
      }
    }
  }
}

/** The fields of which each alone is unique. */
function uniqueFields({ uniqueKeys }: Model): readonly string[] {
  return uniqueKeys.flatMap((key) => (key.length === 1 ? key : []));
}
