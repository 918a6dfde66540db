import { shownValue } from '../changeset/assert.ts';
import { ChangesetError } from '../changeset/changeset-error.ts';
import type { Model } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import { loadStruct } from '../model/struct.ts';
import type { Value, Values } from '../model/value.ts';
import { castValue } from '../model/types/cast-value.ts';
import type { Delegates } from './delegate.ts';
import { delegate } from './delegate.ts';
import { rowReader } from './row.ts';

/**
 * The record of a primary key, or null. A key of several fields is given as an object of them. As
 * Ecto.Repo.get/3.
 * @throws ChangesetError for what is no such key.
 */
export async function getRecord(
  client: Delegates,
  model: Model,
  id: Value,
): Promise<Struct | null> {
  const where = readKey(model, id);
  const [row] = await delegate(client, model).findMany({ where, take: 1 });
  return row ? loadStruct(model, rowReader(model)(row)) : null;
}

/** Every record of a model, in the order of its primary key. */
export async function allRecords(client: Delegates, model: Model): Promise<readonly Struct[]> {
  const orderBy = model.primaryKey.map((name) => ({ [name]: 'asc' }));
  const rows = await delegate(client, model).findMany({ orderBy });
  const read = rowReader(model);
  return rows.map((row) => loadStruct(model, read(row)));
}

function readKey(model: Model, id: Value): Values {
  const [only = ''] = model.primaryKey;
  const parts = model.primaryKey.length === 1 ? { [only]: id } : id;
  const key: { [field: string]: Value } = {};
  for (const name of model.primaryKey) {
    const field = model.fields.get(name);
    const cast = field && castValue(field, partOf(parts, name));
    if (!cast?.ok || cast.value === null) {
      throw new ChangesetError(
        `cannot get ${model.name} ${shownValue(id)}: "${name}" must be a ${field?.type}, and not null.`,
      );
    }
    key[name] = cast.value;
  }
  return key;
}

function partOf(parts: Value, name: string): unknown {
  return typeof parts === 'object' && parts !== null ? Reflect.get(parts, name) : undefined;
}
