import { castNamed } from '../../model/types/cast-value.ts';
import type { Model } from '../../model/model.ts';
import { keyText, type Value } from '../../model/value.ts';
import type { Loaders } from '../../repo/read/loaders.ts';
import type { Row } from '../../repo/row.ts';
import type { RecordInput } from '../input/input.ts';

/**
 * The unique values that entries of a request give to records that are there. A reference by such a
 * value means the record that will have it, wherever in the request it stands.
 */
export interface Renames {
  /** Model, field and value of the record that takes it, to its id. */
  readonly taken: ReadonlyMap<string, Value>;
  /** Model, field and id of each record that takes a value, to that value. */
  readonly given: ReadonlyMap<string, Value>;
}

/** The renames of an input and of all that is below it. */
export function findRenames(input: RecordInput | null): Renames {
  const renames = { taken: new Map<string, Value>(), given: new Map<string, Value>() };
  if (input) addRenames(input, renames);
  return renames;
}

/** The record that will have a unique value; null where none will. */
export async function readReferenced(
  { loaders, renames }: { readonly loaders: Loaders; readonly renames: Renames },
  model: Model,
  field: string,
  value: Value,
): Promise<Row | null> {
  const [key = 'id'] = model.primaryKey;
  const taker = renames.taken.get(textOf(model, field, value));
  if (taker !== undefined) return loaders.record(model, key, taker);
  const row = await loaders.record(model, field, value);
  const given = row && renames.given.get(textOf(model, field, row[key] ?? null));
  return given === undefined || given === value ? row : null;
}

function addRenames(
  { tools }: RecordInput,
  renames: { readonly taken: Map<string, Value>; readonly given: Map<string, Value> },
): void {
  for (const tool of tools) {
    if (tool.kind !== 'cast' && tool.kind !== 'build') continue;
    const { related } = tool.association;
    for (const item of tool.items ?? []) {
      addRenames(item, renames);
      const id = idOf(related, item);
      if (id === null) continue;
      for (const field of uniqueFields(related)) {
        const cast = castNamed(related, field, item.params[field]);
        if (!cast.ok || cast.value === null) continue;
        renames.taken.set(textOf(related, field, cast.value), id);
        renames.given.set(textOf(related, field, id), cast.value);
      }
    }
  }
}

/** The id of an entry; null of a new one, and of a model whose key has several fields. */
function idOf(model: Model, { params }: RecordInput): Value {
  const [name = 'id', ...others] = model.primaryKey;
  const cast = castNamed(model, name, params[name]);
  return cast.ok && others.length === 0 ? cast.value : null;
}

/** The fields of which each alone is unique, the primary key left out. */
function uniqueFields({ uniqueKeys, primaryKey }: Model): readonly string[] {
  return uniqueKeys.flatMap((key) => {
    const [field = ''] = key;
    return key.length === 1 && !primaryKey.includes(field) ? [field] : [];
  });
}

function textOf({ name }: Model, field: string, value: Value): string {
  return `${name} ${field} ${keyText([value])}`;
}
