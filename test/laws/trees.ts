import type { Changeset, Params } from '../../src/changeset/changeset.ts';
import type { Loaded, Struct } from '../../src/model/struct.ts';
import { isStruct, listOf } from '../../src/model/struct.ts';
import type { Value } from '../../src/model/value.ts';
import { valueText } from '../../src/model/value.ts';

/** A changeset and all that are below it, without those that are replaced. */
export function changesetsIn(changeset: Changeset): readonly Changeset[] {
  const below = Object.values(changeset.assocs).flatMap(({ entries }) =>
    entries.flatMap((entry) => changesetsIn(entry.changeset)),
  );
  return [changeset, ...below];
}

/** A record and all that are loaded below it. */
export function recordsIn(record: Struct): readonly Struct[] {
  const below = Object.values(record.assocs).flatMap(listOf);
  return [record, ...below.flatMap(recordsIn)];
}

/** A record's row: `table id`. */
export function rowName({ model, fields }: Struct): string {
  return `${model.table} ${valueText(fields['id'] ?? null)}`;
}

/**
 * A record as params: its id and, where it is to be whole, its text; lists turned round by `turn`.
 */
export function paramsOf(
  record: Struct,
  { whole, turn }: { readonly whole: boolean; readonly turn: number },
): Params {
  const texts = Object.entries(record.fields).filter(
    ([, value]) => whole && typeof value === 'string',
  );
  const below = Object.entries(record.assocs).map(([name, loaded]) => {
    const list = listOf(loaded).map((item) => paramsOf(item, { whole, turn }));
    const at = list.length === 0 ? 0 : turn % list.length;
    const turned = [...list.slice(at), ...list.slice(0, at)];
    return [name, isList(loaded) ? turned : (list[0] ?? null)];
  });
  const id = valueText(record.fields['id'] ?? null);
  return { id, ...Object.fromEntries([...texts, ...below]) };
}

/** A record to be compared: lists as sets, of associations those that `like` has loaded too. */
export function shapeOf(
  record: Struct,
  like: Struct,
  fieldsOf: (record: Struct) => unknown,
): unknown {
  const assocs = Object.keys(like.assocs).map((name) => {
    const loaded = record.assocs[name];
    const others = listOf(like.assocs[name] ?? null);
    const shapes = listOf(loaded ?? null).map((item) =>
      shapeOf(item, others.find((other) => isSame(item, other)) ?? item, fieldsOf),
    );
    return [name, loaded === undefined ? 'not loaded' : sorted(shapes)];
  });
  return { fields: fieldsOf(record), ...Object.fromEntries(assocs) };
}

/** New records have no id yet: each is only itself. */
function isSame(a: Struct, b: Struct): boolean {
  const { id = null } = a.fields;
  return a === b || (id !== null && id === b.fields['id']);
}

function sorted(shapes: readonly unknown[]): readonly unknown[] {
  const text = (shape: unknown) =>
    JSON.stringify(shape, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  return shapes.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
}

function isList(loaded: Loaded): loaded is readonly Struct[] {
  return loaded !== null && !isStruct(loaded);
}

/** What the database alone decides: keys of new rows, foreign keys, time and version. */
export function withoutKeys({ fields }: Struct): unknown {
  const kept = Object.entries(fields).filter(
    ([name]) => !name.endsWith('_id') && name !== 'updated_at' && name !== 'lock_version',
  );
  return Object.fromEntries(
    kept.map(([name, value]) => [name, name === 'id' ? oldId(value) : value]),
  );
}

function oldId(id: Value): Value {
  return typeof id === 'bigint' && id < 100n ? id : null;
}
