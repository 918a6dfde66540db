import type { Model } from '../../src/model/model.ts';
import { plain } from './observe.ts';
import type { Value } from '../../src/model/value.ts';
import { primaryKey } from '../../src/model/struct.ts';
import { changesetsIn, changesOf } from './changesets.ts';
import { canonical } from './json.ts';
import type { Seen } from './seen.ts';

/** A stored owner whose belongs_to record is updated and stays. */
interface KeptParent {
  readonly model: Model;
  readonly id: Value;
  /** The columns that only Ecto's redundant UPDATE writes. */
  readonly columns: readonly string[];
}

/** Rule 10: the owners to whose rows Ecto writes the key that they have. */
export function keptParents({ expected, observed }: Seen): KeptParent[] {
  if (expected.status !== 'ok') return [];
  return changesetsIn(observed.given).flatMap(({ changeset }) => {
    const { data } = changeset;
    const { model } = data;
    const keys = changesOf(changeset).flatMap(({ association, change }) => {
      if (association.kind !== 'belongsTo') return [];
      const {
        ownerKey: [key = ''],
        relatedKey: [parentKey = ''],
      } = association;
      const [entry] = change.entries;
      const stays =
        entry?.changeset.action === 'update' &&
        data.state === 'loaded' &&
        entry.changeset.data.fields[parentKey] === data.fields[key];
      return stays ? [key] : [];
    });
    if (keys.length === 0) return [];
    const touched = changesOf(changeset).some(({ change }) => change.touch);
    const { updatedAt } = model;
    const columns = touched || !updatedAt ? keys : [...keys, updatedAt];
    return [{ model, id: plain(primaryKey(data)[0] ?? null), columns }];
  });
}

/**
 * Their columns stay; where these are all that Ecto changes of the row, its UPDATE is none of ours.
 */
export function leftAsTheyWere(seen: Seen): Partial<Seen> {
  const { observed } = seen;
  let { expected } = seen;
  for (const { model, id, columns } of keptParents(seen)) {
    const { table } = model;
    const before = observed.before[table]?.find((row) => row['id'] === id);
    const after = expected.rows?.[table]?.find((row) => row['id'] === id);
    if (!before || !after) continue;
    const kept = columns.map((name) => [name, before[name] ?? null]);
    const row = { ...after, ...Object.fromEntries(kept) };
    const rows = expected.rows?.[table]?.map((other) => (other === after ? row : other));
    const writes = [...(expected.writes ?? [])];
    const at = writes.findIndex((write) => write.join() === `UPDATE,${table}`);
    const isRedundant = canonical(row) === canonical(before);
    if (isRedundant && at >= 0) writes.splice(at, 1);
    expected = {
      ...expected,
      rows: { ...expected.rows, [table]: rows ?? [] },
      ...(expected.writes && { writes }),
    };
  }
  return { expected };
}
