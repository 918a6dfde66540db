import { models } from '../blog/models.ts';
import { getModel } from '../model/datamodel.ts';
import type { Model } from '../model/model.ts';
import type { Value, Values } from '../model/value.ts';
import { idText, keyText } from '../model/value.ts';
import type { Operation, Plan, Reason } from '../plan/operation.ts';
import { builder } from './builder.ts';
import { toJson } from './json-value.ts';

/** A plan as the API shows it. */
export interface ChangesetPayload {
  readonly plan: Plan;
  /** Whether it was not kept: rows that it would insert have no id then. */
  readonly dryRun: boolean;
}

interface OperationPayload {
  readonly operation: Operation;
  readonly id: string | null;
  readonly changes: readonly FieldChange[];
}

interface FieldChange {
  readonly field: string;
  readonly from: Value;
  readonly to: Value;
}

const actions = {
  insert: ['INSERT', 'A new row.'],
  update: [
    'UPDATE',
    'Columns of a row change; also of one that is nilified or moved.',
  ],
  delete: ['DELETE', 'A row goes.'],
  link: ['LINK', 'A new join row of a many_to_many.'],
  unlink: ['UNLINK', 'A join row of a many_to_many goes.'],
  unchanged: [
    'UNCHANGED',
    'The request names the row and it stays as it is: no SQL.',
  ],
} as const satisfies {
  readonly [action in Operation['action']]: readonly [string, string];
};

const reasons = {
  given: ['GIVEN', 'The request names it.'],
  replaced: ['REPLACED', 'A list of the request leaves it out.'],
  cascaded: ['CASCADED', 'It goes with its owner.'],
} as const satisfies { readonly [reason in Reason]: readonly [string, string] };

const actionEnum = builder.enumType('OperationAction', {
  description: 'What is done with a row.',
  values: enumValues(actions),
});

const reasonEnum = builder.enumType('OperationReason', {
  description: 'Why it is done.',
  values: enumValues(reasons),
});

const fieldChangeType = builder
  .objectRef<FieldChange>('FieldChange')
  .implement({
    description: 'The change of one field.',
    fields: (t) => ({
      field: t.exposeString('field', {
        description: 'The name of the field in the API.',
      }),
      from: t.field({
        type: 'JSON',
        nullable: true,
        description:
          'The value before, as the API gives it; null of a new row.',
        resolve: (change) => toJson(change.from),
      }),
      to: t.field({
        type: 'JSON',
        nullable: true,
        description:
          'The value after, as the API gives it; null of a deleted row.',
        resolve: (change) => toJson(change.to),
      }),
    }),
  });

const operationType = builder
  .objectRef<OperationPayload>('Operation')
  .implement({
    description: 'What is done with one row.',
    fields: (t) => ({
      action: t.field({
        type: actionEnum,
        description: 'What is done.',
        resolve: ({ operation }) => operation.action,
      }),
      type: t.string({
        description:
          "The row's GraphQL type: Comment. Of LINK and UNLINK the far record's.",
        resolve: ({ operation }) => operation.model,
      }),
      id: t.id({
        nullable: true,
        description:
          "The row's id; null for a row that a dry run would insert.",
        resolve: ({ id }) => id,
      }),
      path: t.stringList({
        description:
          'Where in the request it comes from; of a replaced or cascaded row the association; of the root ["input"], of a delete\'s root [].',
        resolve: ({ operation }) => operation.path.map(String),
      }),
      changes: t.field({
        type: [fieldChangeType],
        description:
          'What changes, field by field, the foreign key included; lockVersion and timestamps not.',
        resolve: ({ changes }) => changes,
      }),
      reason: t.field({
        type: reasonEnum,
        description: 'Why it is done.',
        resolve: ({ operation }) => operation.reason,
      }),
    }),
  });

const countsType = builder
  .objectRef<readonly OperationPayload[]>('OperationCounts')
  .implement({
    description: 'How many operations there are of each action.',
    fields: (t) => {
      const count = (action: Operation['action'], description: string) =>
        t.int({
          description,
          resolve: (operations) =>
            operations.filter(({ operation }) => operation.action === action)
              .length,
        });
      return {
        inserted: count('insert', 'INSERT operations.'),
        updated: count('update', 'UPDATE operations.'),
        deleted: count('delete', 'DELETE operations.'),
        linked: count('link', 'LINK operations.'),
        unlinked: count('unlink', 'UNLINK operations.'),
        unchanged: count('unchanged', 'UNCHANGED operations.'),
      };
    },
  });

/** What a write did, or a dry run would do. */
export const changesetType = builder
  .objectRef<ChangesetPayload>('Changeset')
  .implement({
    description:
      'Operations in the order in which they run, UNCHANGED last. A root that is not written is not listed.',
    fields: (t) => ({
      operations: t.field({
        type: [operationType],
        description: 'The operations, in order.',
        resolve: operationsOf,
      }),
      counts: t.field({
        type: countsType,
        description: 'How many operations there are.',
        resolve: operationsOf,
      }),
    }),
  });

function operationsOf({
  plan,
  dryRun,
}: ChangesetPayload): readonly OperationPayload[] {
  const unmade = dryRun ? insertedRows(plan) : new Set<string>();
  return plan.operations.filter(isListed).map((operation) => ({
    operation,
    id: unmade.has(rowText(operation)) ? null : idOf(operation),
    changes: changesOf(operation, unmade),
  }));
}

/** The root has the shortest path of all; it is listed only where it is written. */
function isListed(operation: Operation): boolean {
  return operation.action !== 'unchanged' || operation.path.length > 1;
}

function insertedRows(plan: Plan): ReadonlySet<string> {
  return new Set(
    plan.operations
      .filter((operation) => operation.action === 'insert')
      .map(rowText),
  );
}

function idOf({ row }: Operation): string | null {
  return 'key' in row ? idText(Object.values(row.key)) : null;
}

function rowText({ model, row }: Operation): string {
  return `${model} ${'key' in row ? keyText(Object.values(row.key)) : ''}`;
}

function changesOf(
  operation: Operation,
  unmade: ReadonlySet<string>,
): readonly FieldChange[] {
  const model = getModel(models, operation.model);
  switch (operation.action) {
    case 'insert': {
      const values = withoutUnmade(model, operation.values, unmade);
      return changeList(model, {}, values);
    }
    case 'update': {
      const changes = withoutUnmade(model, operation.changes, unmade);
      return changeList(model, operation.from, changes);
    }
    case 'delete':
      return changeList(model, operation.from, {}).filter(
        ({ from }) => from !== null,
      );
    case 'link':
    case 'unlink':
    case 'unchanged':
      return [];
    default:
      return operation satisfies never;
  }
}

/** Foreign keys to rows that a dry run would insert are not known yet. */
function withoutUnmade(
  model: Model,
  values: Values,
  unmade: ReadonlySet<string>,
): Values {
  const known: { [field: string]: Value } = { ...values };
  for (const association of model.associations.values()) {
    if (association.kind !== 'belongsTo') continue;
    const key = association.ownerKey.map((name) => values[name] ?? null);
    if (!unmade.has(`${association.related.name} ${keyText(key)}`)) continue;
    for (const name of association.ownerKey) known[name] = null;
  }
  return known;
}

function changeList(
  model: Model,
  from: Values,
  to: Values,
): readonly FieldChange[] {
  return [...model.fields.values()].flatMap(({ name, generated }) => {
    const own =
      model.primaryKey.includes(name) ||
      name === model.version ||
      name === model.updatedAt ||
      generated === 'database';
    if (own || !(name in from || name in to)) return [];
    return [{ field: name, from: from[name] ?? null, to: to[name] ?? null }];
  });
}

function enumValues<Key extends string>(texts: {
  readonly [key in Key]: readonly [string, string];
}) {
  const entries = Object.entries<readonly [string, string]>(texts);
  return Object.fromEntries(
    entries.map(([value, [name, description]]) => [
      name,
      { value: value as Key, description },
    ]),
  );
}
