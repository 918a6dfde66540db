import type { Model, Models } from '../../src/model/model.ts';
import type { Loaded as Held, Struct } from '../../src/model/struct.ts';
import { buildStruct, listOf, primaryKey, withAssoc } from '../../src/model/struct.ts';
import { keyText, type Values } from '../../src/model/value.ts';
import type { Repo } from '../../src/repo/repo.ts';
import type { Named, Operation, PutValue, Root, Spec } from './operation.ts';
import { readPutValue } from './operation.ts';
import { isList, isObject } from './json.ts';
import { modelOfName, typedKey, typedValues } from './models.ts';
import { toPreload } from './preloads.ts';

/** What an operation starts from: a record, or several of which some may be none. */
export type Loaded = Struct | null | readonly (Struct | null)[];

/** Loads or builds the root, with its preloads. */
export async function loadRoot(repo: Repo, models: Models, root: Root): Promise<Loaded> {
  if ('all' in root) {
    const records = await loadAll(repo, modelOfName(models, root.all), root);
    return repo.preload(records, (root.preload ?? []).map(toPreload));
  }
  if (!('mixed' in root)) return loadNamed(repo, models, root);
  const records: (Struct | null)[] = [];
  for (const named of root.mixed) {
    records.push(named && (await loadNamed(repo, models, named)));
  }
  return records;
}

async function loadAll(
  repo: Repo,
  model: Model,
  { ids }: Extract<Root, { readonly all: string }>,
): Promise<readonly Struct[]> {
  if (ids?.length === 0) return [];
  const keys = ids?.map((id) => keyText([typedKey(model, id)]));
  const records = await repo.all(model);
  if (keys === undefined) return records;
  return records.filter((record) => keys.includes(keyText(primaryKey(record))));
}

/** The records that values of put_assoc name by `get`, by the value that names them. */
export type Fetched = ReadonlyMap<object, Struct>;

type Stored = Extract<Named, { readonly get: string }>;

/** What an operation's values refer to. */
export interface Scene {
  readonly models: Models;
  readonly fetched: Fetched;
}

/** Loads the records that an operation will put, at every level. */
export async function fetchPuts(
  repo: Repo,
  models: Models,
  operation: Operation,
): Promise<Fetched> {
  const fetched = new Map<object, Struct>();
  for (const named of putsOf(operation).flatMap(namedIn)) {
    const record = await loadNamed(repo, models, named);
    if (record === null) throw new Error('what is to be put is not there');
    fetched.set(named, record);
  }
  return fetched;
}

/** A new record; fields that are associations hold new records, too. */
export function buildRecord(models: Models, model: Model, fields: Values): Struct {
  const record = buildStruct(model, typedValues(model, fields));
  return Object.entries(fields).reduce((done, [name, value]) => {
    if (!model.associations.has(name)) return done;
    return withAssoc(done, name, buildHeld(models, readPutValue(value)));
  }, record);
}

function buildHeld(models: Models, value: PutValue): Held {
  if (value === null) return null;
  if (isList(value)) {
    return value.flatMap((item) => listOf(buildHeld(models, item)));
  }
  if (!('struct' in value)) throw new Error('a new record holds new ones only');
  const model = modelOfName(models, value.struct);
  return buildRecord(models, model, value.fields ?? {});
}

async function loadNamed(repo: Repo, models: Models, named: Named): Promise<Struct | null> {
  if ('new' in named) {
    const model = modelOfName(models, named.new);
    return buildRecord(models, model, named.fields ?? {});
  }
  const model = modelOfName(models, named.get);
  const record = await repo.get(model, typedKey(model, named.id));
  const preloads = (named.preload ?? []).map(toPreload);
  return record && repo.preload(record, preloads);
}

function putsOf(spec: Spec): readonly unknown[] {
  const below = (spec.casts ?? []).flatMap((cast) => (cast.with ? putsOf(cast.with) : []));
  const changes = Object.values(spec.change ?? {});
  return [...changes, ...(spec.puts ?? []).map((put) => put.value), ...below];
}

function namedIn(value: unknown): readonly Stored[] {
  if (!isObject(value)) return [];
  if (Array.isArray(value)) return value.flatMap(namedIn);
  if ('map' in value || 'raw' in value) return [];
  if (isGet(value)) return [value];
  return Object.values(value).flatMap(namedIn);
}

/** Whether a put's value is `{ get, id }`; its form was checked when it was read. */
export function isGet(value: object): value is Stored {
  return 'get' in value;
}
