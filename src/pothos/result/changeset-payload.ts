import { getModel } from '../../model/datamodel/read-models.ts';
import { foreignKeys, referenceText, renameKey } from '../../model/key.ts';
import type { Field, Model } from '../../model/model.ts';
import type { Value, Values } from '../../model/value.ts';
import type { Domain } from '../../domain/domain.ts';
import type { Result } from '../../mutation/request.ts';
import type { Operation, Plan } from '../../plan/plan.ts';

/** A result that shows its plan. Of a dry run, rows that it would insert have no id. */
export type ChangesetPayload = Extract<Result, { readonly plan: Plan }>;

/** An operation as the API shows it. */
export interface OperationPayload extends Pick<Operation, 'action' | 'path' | 'reason'> {
  readonly model: Model;
  /** Null of a row that a dry run would insert. */
  readonly key: Values | null;
  /** The key of the record, where it is there: not of a deletion, nor of anything in a dry run. */
  readonly record: Values | null;
  readonly changes: readonly FieldChange[];
}

/** The change of one field; null also where there is no row before or after. */
export interface FieldChange {
  readonly field: string;
  readonly from: Value;
  readonly to: Value;
}

/** The operations that are listed, in the order of the plan. */
export function operationsOf(
  { models, aggregates }: Domain,
  { kind, plan }: ChangesetPayload,
): readonly OperationPayload[] {
  const unmade = kind === 'dryRun' ? insertedRows(plan) : new Set<string>();
  return plan.operations.filter(isListed).map((operation) => {
    const { action, path, reason } = operation;
    const model = getModel(models, operation.model);
    const cast = aggregates.get(model.name)?.fields ?? [];
    const key = unmade.has(rowText(operation)) ? null : keyOf(operation);
    return {
      action,
      path,
      reason,
      model,
      key,
      record: kind === 'dryRun' || action === 'delete' ? null : key,
      changes: changesOf({ model, cast, unmade }, operation),
    };
  });
}

/** The root has the shortest path of all; it is listed only where it is written. */
function isListed(operation: Operation): boolean {
  return operation.action !== 'unchanged' || operation.path.length > 1;
}

function insertedRows(plan: Plan): ReadonlySet<string> {
  return new Set(plan.operations.filter((operation) => operation.action === 'insert').map(rowText));
}

function keyOf({ row }: Operation): Values | null {
  return 'key' in row ? row.key : null;
}

function rowText({ model, row }: Operation): string {
  return referenceText(model, 'key' in row ? row.key : {});
}

/** What decides which changes of a row are shown, and how. */
interface Shown {
  readonly model: Model;
  /** The fields that clients cast. */
  readonly cast: readonly string[];
  readonly unmade: ReadonlySet<string>;
}

function changesOf(shown: Shown, operation: Operation): readonly FieldChange[] {
  switch (operation.action) {
    case 'insert':
      return changeList(shown, {}, withoutUnmade(shown, operation.values));
    case 'update':
      return changeList(shown, operation.from, withoutUnmade(shown, operation.changes));
    case 'delete':
      return changeList(shown, operation.from, {}).filter(({ from }) => from !== null);
    case 'link':
    case 'unlink':
    case 'unchanged':
      return [];
    default:
      return operation satisfies never;
  }
}

/** Foreign keys to rows that a dry run would insert are not known yet. */
function withoutUnmade({ model, unmade }: Shown, values: Values): Values {
  const known: { [field: string]: Value } = { ...values };
  for (const { related, ownerKey, relatedKey } of foreignKeys(model)) {
    const key = renameKey(values, ownerKey, relatedKey);
    if (!unmade.has(referenceText(related.name, key))) continue;
    for (const name of ownerKey) known[name] = null;
  }
  return known;
}

function changeList({ model, cast }: Shown, from: Values, to: Values): readonly FieldChange[] {
  return [...model.fields.values()].flatMap((field) => {
    const { name } = field;
    const isHidden = model.hidden.includes(name) || (isOwn(model, field) && !cast.includes(name));
    if (isHidden || !(name in from || name in to)) return [];
    return [{ field: name, from: from[name] ?? null, to: to[name] ?? null }];
  });
}

/** Whether a field is the row's own affair: its generated key, its version, its timestamps. */
function isOwn({ primaryKey, version, updatedAt }: Model, { name, generated }: Field): boolean {
  const isGeneratedKey = primaryKey.includes(name) && generated !== null;
  const isMade = generated === 'database' || generated === 'now';
  return isGeneratedKey || isMade || name === version || name === updatedAt;
}
