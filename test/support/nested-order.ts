import { blog } from '../../src/blog/domain.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import type { Association, Join, Model } from '../../src/model/model.ts';
import type { PrismaCall } from '../../src/plan/prisma/call.ts';
import { isWrite, type Plan, type Row } from '../../src/plan/plan.ts';

type Data = Readonly<Record<string, unknown>>;

/** The key of a row as text: `10`, `7-1`; `new` where it is not made yet. */
export function rowKey(row: Row): string {
  return 'key' in row ? keyText(row.key) : 'new';
}

/** The writes of a plan in its order, each in a line: `update Comment 10`, `link 7-1`. */
export function writesOfPlan({ operations }: Plan): string[] {
  return operations.filter(isWrite).map((operation) => {
    const { action, model, row } = operation;
    return action === 'link' || action === 'unlink'
      ? `${action} ${rowKey(operation.via.row)}-${rowKey(row)}`
      : `${action} ${model} ${rowKey(row)}`;
  });
}

/**
 * The writes that Prisma's client makes of calls, in the order in which it runs them: a row, then
 * its nested writes.
 */
export function writesOfCalls(calls: readonly PrismaCall[]): string[] {
  return calls.flatMap(({ model: name, method, args }) => {
    const model = getModel(blog.models, name);
    const { where, data } = args;
    switch (method) {
      case 'create':
        return created(model, dataOf(data));
      case 'update':
        return updated(model, dataOf(where), dataOf(data));
      case 'updateMany':
        return filtered(where).map((id) => `update ${name} ${id}`);
      case 'delete':
      case 'deleteMany':
        return [removed(model, keyText(flat(dataOf(where))))];
      default:
        return method satisfies never;
    }
  });
}

function created(model: Model, data: Data): string[] {
  const key = keyText(pick(data, model.primaryKey));
  const line = model.name === 'PostTag' ? `link ${key}` : `insert ${model.name} ${key}`;
  return [line, ...nested(model, key, data)];
}

/** An update that changes no column only carries what is nested in it. */
function updated(model: Model, where: Data, data: Data): string[] {
  const key = keyText(where);
  const changes = Object.keys(data).some((name) => model.fields.has(name));
  const own = changes ? [`update ${model.name} ${key}`] : [];
  return [...own, ...nested(model, key, data)];
}

function removed(model: Model, key: string): string {
  return model.name === 'PostTag' ? `unlink ${key}` : `delete ${model.name} ${key}`;
}

function nested(owner: Model, ownerKey: string, data: Data): string[] {
  return Object.entries(data).flatMap(([name, words]) => {
    const join = joinNamed(owner, name);
    const association = owner.associations.get(name);
    if (join) return joinRows(join, ownerKey, dataOf(words));
    return association ? relatedRows(association, dataOf(words)) : [];
  });
}

function relatedRows({ related }: Association, words: Data): string[] {
  return Object.entries(words).flatMap(([word, value]) => {
    switch (word) {
      case 'create':
        return list(value).flatMap((item) => created(related, item));
      case 'update':
        return list(value).flatMap(({ where, data }) =>
          updated(related, dataOf(where), dataOf(data)),
        );
      case 'delete':
        return list(value).map((key) => removed(related, keyText(key)));
      case 'deleteMany':
        return filtered(value).map((id) => removed(related, id));
      default:
        throw new Error(`unknown word ${word}`);
    }
  });
}

function joinRows({ relatedKey }: Join, ownerKey: string, words: Data): string[] {
  return Object.entries(words).flatMap(([word, value]) =>
    word === 'create'
      ? list(value).map((item) => `link ${ownerKey}-${keyText(pick(item, relatedKey))}`)
      : filtered(value).map((id) => `unlink ${ownerKey}-${id}`),
  );
}

function joinNamed(owner: Model, name: string): Join | null {
  for (const association of owner.associations.values()) {
    if (association.kind === 'manyToMany' && association.join?.ownerField === name) {
      return association.join;
    }
  }
  return null;
}

/** The keys of a filter of one field: `{ id: { in: [1, 2] } }`. */
function filtered(filter: unknown): string[] {
  const [condition] = Object.values(dataOf(filter));
  const { in: values } = dataOf(condition);
  return Array.isArray(values) ? values.map(String) : [];
}

function list(value: unknown): Data[] {
  return (Array.isArray(value) ? value : [value]).map(dataOf);
}

function dataOf(value: unknown): Data {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** A key of several fields stands under the key's name. */
function flat(where: Data): Data {
  const [only] = Object.values(where);
  return typeof only === 'object' ? dataOf(only) : where;
}

function pick(data: Data, names: readonly string[]): Data {
  return Object.fromEntries(names.map((name) => [name, data[name]]));
}

function keyText(key: object): string {
  return Object.values(key).map(String).join('-');
}
