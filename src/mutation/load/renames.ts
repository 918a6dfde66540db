import { castKey } from '../../model/key.ts';
import { castNamed } from '../../model/types/cast-value.ts';
import type { Model } from '../../model/model.ts';
import { keyText, type Value } from '../../model/value.ts';
import type { Loaders } from '../../repo/read/loaders.ts';
import type { Row } from '../../repo/row.ts';
import type { RecordInput } from '../input/input.ts';

/**
 * The unique values that entries of a request give to stored records: of each value, the id of the
 * record. A reference by such a value means that record, wherever in the request it stands.
 */
export type Renames = ReadonlyMap<string, Value>;

/** The renames of an input and of all that is below it. */
export function findRenames(input: RecordInput): Renames {
  const renames = new Map<string, Value>();
  addRenames(input, renames);
  return renames;
}

/** The record that a request gives a unique value, else the one that has it; null if none does. */
export function readReferenced(
  { loaders, renames }: { readonly loaders: Loaders; readonly renames: Renames },
  model: Model,
  field: string,
  value: Value,
): Promise<Row | null> {
  const id = renames.get(valueText(model, field, value));
  const [key = 'id'] = model.primaryKey;
  return id === undefined ? loaders.record(model, field, value) : loaders.record(model, key, id);
}

function addRenames({ tools }: RecordInput, renames: Map<string, Value>): void {
  for (const tool of tools) {
    if (tool.kind !== 'cast' && tool.kind !== 'build') continue;
    const { related } = tool.association;
    for (const item of tool.items ?? []) {
      addRenames(item, renames);
      const [id = null, ...others] = castKey(related, item.params);
      if (id === null || others.length > 0) continue;
      for (const field of uniqueFields(related)) {
        const cast = castNamed(related, field, item.params[field]);
        if (cast.ok && cast.value !== null) renames.set(valueText(related, field, cast.value), id);
      }
    }
  }
}

/** The fields of which each alone is unique, the primary key left out. */
function uniqueFields({ uniqueKeys, primaryKey }: Model): readonly string[] {
  return uniqueKeys.flatMap((key) => {
    const [field = ''] = key;
    return key.length === 1 && !primaryKey.includes(field) ? [field] : [];
  });
}

function valueText({ name }: Model, field: string, value: Value): string {
  return `${name} ${field} ${keyText([value])}`;
}
