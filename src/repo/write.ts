import type { Changeset, Path } from '../changeset/changeset.ts';
import { constraintParams, findConstraint } from '../changeset/constraint.ts';
import { addErrorAt } from '../changeset/traverse.ts';
import { getModel } from '../model/datamodel.ts';
import type { Models } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import { loadStruct } from '../model/struct.ts';
import type { Value, Values } from '../model/value.ts';
import { equalValues, keyText } from '../model/value.ts';
import { findDeletions } from '../plan/deletions.ts';
import type { Cascades } from '../plan/draft.ts';
import { recordText } from '../plan/draft.ts';
import type { PrismaCall } from '../plan/nested-write.ts';
import { toNestedWrite } from '../plan/nested-write.ts';
import { assertNotNull } from '../plan/not-null.ts';
import type { Operation, Plan } from '../plan/operation.ts';
import { isWrite } from '../plan/operation.ts';
import { planWrite } from '../plan/plan-write.ts';
import { writtenStruct } from '../plan/written.ts';
import type { Delegates } from './delegates.ts';
import { delegate } from './delegates.ts';
import { ConstraintError, StaleEntryError } from './error.ts';
import { makeLoaders } from './loaders.ts';
import type { RowsToLock } from './lock.ts';
import { lockRows } from './lock.ts';
import { makeKeys } from './new-keys.ts';
import { runPrepared } from './prepare.ts';
import type { Refusal } from './refusal.ts';
import { isMissingRow, readRefusal } from './refusal.ts';

/** What a write ends with: the record as it is stored now and what was done, or the changeset with its errors. */
export type Outcome =
  | { readonly ok: true; readonly struct: Struct; readonly plan: Plan }
  | { readonly ok: false; readonly changeset: Changeset };

/** How a changeset is written. */
export interface WriteOptions {
  readonly models: Models;
  readonly now: Date;
  /** The path of the root in the request; default []. */
  readonly root?: Path;
  /** Writes each operation by a call of its own; see `AmbiguousRefusal`. */
  readonly oneByOne?: boolean;
  /** Rows that are gone already are passed over instead of being stale. */
  readonly allowStale?: boolean;
}

/**
 * The database refused a call that writes several rows and did not say which one is meant. The transaction is lost; run
 * it again with `oneByOne`, and the refusal names its row.
 */
export class AmbiguousRefusal extends Error {
  override readonly name = 'AmbiguousRefusal';
}

/**
 * Writes a valid changeset within a transaction: plans, makes keys, locks what is to be written and checks that it is as
 * it was loaded, then runs the plan as Prisma nested writes. A refusal that the changeset declares comes back as its error;
 * the transaction must then be rolled back.
 * @throws StaleEntryError, ConstraintError, AmbiguousRefusal, ChangesetError for null in a column that takes none, or
 * the database's own error.
 */
export async function writeChangeset(
  tx: Delegates,
  given: Changeset,
  options: WriteOptions,
): Promise<Outcome> {
  const changeset = await runPrepared(given, tx);
  if (!changeset.valid) return { ok: false, changeset };
  const cascades = await loadCascades(tx, changeset);
  const root = options.root ?? [];
  const {
    plan: open,
    issues,
    newRows,
  } = planWrite(changeset, { root, cascades });
  if (issues.length > 0) {
    const refused = issues.reduce(
      (done, issue) =>
        addErrorAt(done, issue.path.slice(root.length), { ...issue, at: [] }),
      changeset,
    );
    return { ok: false, changeset: refused };
  }
  const { plan: keyed, made } = await makeKeys(tx, options.models, open);
  const plan = await checkStored(tx, keyed, options);
  assertNotNull(plan, options.models);
  const refused = await runPlan(tx, plan, changeset, options);
  if (refused) return { ok: false, changeset: refused };
  const keys = new Map(
    newRows.map((row, number) => [row, made.get(number) ?? {}]),
  );
  return { ok: true, struct: writtenStruct(changeset, keys), plan };
}

/** Locks what is to be deleted and reads what goes with it. */
async function loadCascades(
  tx: Delegates,
  changeset: Changeset,
): Promise<Cascades> {
  const cascades = new Map<
    string,
    { [association: string]: readonly Struct[] }
  >();
  const deletions = findDeletions(changeset).filter(
    ({ associations }) => associations.length > 0,
  );
  if (deletions.length === 0) return cascades;
  await lockRows(
    tx,
    deletions.map(({ record }) => ({
      model: record.model,
      keys: [record.fields],
      strength: 'delete',
    })),
  );
  const loaders = makeLoaders(tx);
  const loads = deletions.flatMap(({ record, associations }) =>
    associations.map(async (association) => {
      const loaded = await loaders.association(association, record.fields);
      const rows = loaded === null ? [] : isList(loaded) ? loaded : [loaded];
      const structs = rows.map((row) => loadStruct(association.related, row));
      const text = recordText(record);
      cascades.set(text, {
        ...cascades.get(text),
        [association.name]: structs,
      });
    }),
  );
  await Promise.all(loads);
  return cascades;
}

/** Locks the stored rows of a plan and holds each against what the plan expects of it. */
async function checkStored(
  tx: Delegates,
  plan: Plan,
  options: WriteOptions,
): Promise<Plan> {
  const checked = plan.operations.filter(isChecked);
  const stored = await lockRows(
    tx,
    checked.map((operation) => rowToLock(operation, options.models)),
  );
  const gone = new Set<Operation>();
  for (const operation of checked) {
    const key = keyOf(operation);
    const text = keyText(
      getModel(options.models, operation.model).primaryKey.map(
        (name) => key[name] ?? null,
      ),
    );
    const row = stored.get(operation.model)?.get(text);
    const differing =
      row &&
      Object.entries(operation.expects).find(
        ([name, value]) => !equalValues(row[name] ?? null, value),
      );
    if (row && !differing) continue;
    const passed =
      options.allowStale ||
      (operation.action === 'delete' && operation.ifExists && !row);
    if (passed) gone.add(operation);
    else throw staleEntry(operation, differing?.[0], options.models);
  }
  return gone.size === 0
    ? plan
    : {
        operations: plan.operations.filter((operation) => !gone.has(operation)),
      };
}

type Checked = Extract<Operation, { readonly expects: Values }>;

function isChecked(operation: Operation): operation is Checked {
  if (operation.action === 'unchanged')
    return Object.keys(operation.expects).length > 0;
  return (
    operation.action === 'update' ||
    (operation.action === 'delete' && operation.reason !== 'cascaded')
  );
}

function rowToLock(operation: Checked, models: Models): RowsToLock {
  const strength = operation.action === 'delete' ? 'delete' : 'update';
  return {
    model: getModel(models, operation.model),
    keys: [keyOf(operation)],
    strength,
  };
}

function staleEntry(
  operation: Checked,
  differing: string | undefined,
  models: Models,
): StaleEntryError {
  const { version } = getModel(models, operation.model);
  const path =
    differing !== undefined && differing === version
      ? [...operation.path, version]
      : operation.path;
  const action = operation.action === 'unchanged' ? 'keep' : operation.action;
  return new StaleEntryError(action, operation.model, keyOf(operation), path);
}

function keyOf(operation: Operation): Values {
  return 'key' in operation.row ? operation.row.key : {};
}

/** Runs the calls; gives the changeset with the error that a refusal of the database becomes, or null. */
async function runPlan(
  tx: Delegates,
  plan: Plan,
  changeset: Changeset,
  options: WriteOptions,
): Promise<Changeset | null> {
  const { models, now, oneByOne = false } = options;
  for (const call of toNestedWrite(plan, { models, now, oneByOne })) {
    try {
      await delegate(tx, getModel(models, call.model))[call.method](call.args);
    } catch (error) {
      return refusedChangeset(error, call, plan, changeset, options);
    }
  }
  return null;
}

function refusedChangeset(
  error: unknown,
  call: PrismaCall,
  plan: Plan,
  changeset: Changeset,
  options: WriteOptions,
): Changeset {
  const refusal = readRefusal(error);
  if (!refusal) {
    if (isMissingRow(error) && !options.oneByOne)
      throw new AmbiguousRefusal('a row is missing', { cause: error });
    throw error;
  }
  const operations = call.operations
    .flatMap((index) => plan.operations[index] ?? [])
    .filter(isWrite);
  const suspects =
    operations.length === 1
      ? operations
      : operations.filter((operation) =>
          canBeRefused(operation, refusal, options.models),
        );
  const [culprit] = suspects;
  if (!culprit || suspects.length > 1) {
    if (options.oneByOne) throw error;
    throw new AmbiguousRefusal(
      `one of ${suspects.length} rows is refused for ${refusal.name}`,
      { cause: error },
    );
  }
  const declared = findConstraint(culprit.constraints, refusal);
  if (!declared) {
    const names = culprit.constraints.map((constraint) => constraint.name);
    throw new ConstraintError(
      culprit.action,
      culprit.model,
      refusal,
      names,
      error,
    );
  }
  const { field, message, code, at } = declared;
  const params: Values = constraintParams(declared);
  const path = culprit.path.slice((options.root ?? []).length);
  return addErrorAt(changeset, path, {
    field,
    message,
    code,
    params,
    ...(at === undefined ? {} : { at }),
  });
}

/** Whether an operation writes to the table, and in the way, that a refusal is about. */
function canBeRefused(
  operation: Operation,
  refusal: Refusal,
  models: Models,
): boolean {
  const deletes =
    operation.action === 'delete' || operation.action === 'unlink';
  if (refusal.referenced || deletes) return refusal.referenced && deletes;
  if (operation.action === 'unchanged' || refusal.table === null)
    return operation.action !== 'unchanged';
  if (operation.action !== 'link')
    return getModel(models, operation.model).table === refusal.table;
  const association = getModel(models, operation.via.model).associations.get(
    operation.via.association,
  );
  return (
    association?.kind === 'manyToMany' &&
    (association.join?.model.table ?? refusal.table) === refusal.table
  );
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
