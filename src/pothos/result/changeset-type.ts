import type { Operation, Reason } from '../../plan/plan.ts';
import type { Model } from '../../model/model.ts';
import { idText } from '../../model/key.ts';
import type { Fields, ObjectFields } from '../builder.ts';
import { lowerFirst } from '../names.ts';
import { writeNodeId } from '../node/node-id.ts';
import { objectOf, type Parts } from '../parts.ts';
import type { FieldChange, OperationPayload } from './changeset-payload.ts';
import { toJson } from './json-value.ts';

const actions = {
  insert: ['INSERT', 'A new row.'],
  update: ['UPDATE', 'Columns of a row change; also of one that is nilified or moved.'],
  delete: ['DELETE', 'A row goes.'],
  link: ['LINK', 'A new join row of a many_to_many.'],
  unlink: ['UNLINK', 'A join row of a many_to_many goes.'],
  unchanged: ['UNCHANGED', 'The request names the row and it stays as it is: no SQL.'],
} as const satisfies {
  readonly [action in Operation['action']]: readonly [string, string];
};

const reasons = {
  given: ['GIVEN', 'The request names it.'],
  replaced: ['REPLACED', 'A list of the request leaves it out.'],
  cascaded: ['CASCADED', 'It goes with its owner.'],
} as const satisfies { readonly [reason in Reason]: readonly [string, string] };

/** What a write did, or a dry run would do. */
export function changesetType(parts: Parts) {
  const { builder, named } = parts;
  return named('Changeset', (name) => {
    const [operationType, countsType] = [makeOperation(parts), makeCounts(parts)];
    return builder.objectRef<readonly OperationPayload[]>(name).implement({
      description:
        'Operations in the order in which they run, UNCHANGED last. A root that is not written is not listed.',
      fields: (t) => ({
        operations: t.field({
          type: [operationType],
          nullable: false,
          description: 'The operations, in order.',
          resolve: (operations) => operations,
        }),
        counts: t.field({
          type: countsType,
          nullable: false,
          description: 'How many operations there are.',
          resolve: (operations) => operations,
        }),
      }),
    });
  });
}

function makeOperation(parts: Parts) {
  const { builder, scalars, typeName } = parts;
  const actionEnum = builder.enumType(typeName('OperationAction'), {
    description: 'What is done with a row.',
    values: enumValues(actions),
  });
  const reasonEnum = builder.enumType(typeName('OperationReason'), {
    description: 'Why it is done.',
    values: enumValues(reasons),
  });
  const fieldChangeType = builder.objectRef<FieldChange>(typeName('FieldChange')).implement({
    description: 'The change of one field.',
    fields: (t) => ({
      field: t.exposeString('field', {
        nullable: false,
        description: 'The name of the field in the API.',
      }),
      from: t.field({
        type: scalars.JSON,
        nullable: true,
        description: 'The value before, as the API gives it; null of a new row.',
        resolve: (change) => toJson(change.from),
      }),
      to: t.field({
        type: scalars.JSON,
        nullable: true,
        description: 'The value after, as the API gives it; null of a deleted row.',
        resolve: (change) => toJson(change.to),
      }),
    }),
  });
  return builder.objectRef<OperationPayload>(typeName('Operation')).implement({
    description: 'What is done with one row.',
    fields: (t) => ({
      action: t.field({
        type: actionEnum,
        nullable: false,
        description: 'What is done.',
        resolve: ({ action }) => action,
      }),
      type: t.string({
        nullable: false,
        description: "The row's GraphQL type. Of LINK and UNLINK the far record's.",
        resolve: ({ model }) => model.name,
      }),
      recordId: t.id({
        nullable: true,
        description:
          "The row's id; null for a row that a dry run would insert. Not named id, which only records have: caches would take an operation for one.",
        resolve: ({ key }) => key && idText(Object.values(key)),
      }),
      ...nodeIdFields(parts, t),
      ...recordFields(parts, t),
      path: t.stringList({
        nullable: false,
        description:
          'Where in the request it comes from; of a replaced or cascaded row the association; of the root ["input"], of a delete\'s root [].',
        resolve: ({ path }) => path.map(String),
      }),
      changes: t.field({
        type: [fieldChangeType],
        nullable: false,
        description:
          'What changes, field by field, the foreign key included; lockVersion and timestamps not.',
        resolve: ({ changes }) => changes,
      }),
      reason: t.field({
        type: reasonEnum,
        nullable: false,
        description: 'Why it is done.',
        resolve: ({ reason }) => reason,
      }),
    }),
  });
}

/** recordNodeId, where the schema has Nodes. */
function nodeIdFields({ domain, isNode }: Parts, t: ObjectFields<OperationPayload>): Fields {
  if (![...domain.models.values()].some(isNode)) return {};
  return {
    recordNodeId: t.id({
      nullable: true,
      description:
        "The record's nodeId, by which a client's store drops one that is gone; null where recordId is.",
      resolve: ({ model, key }) => (key && isNode(model) ? writeNodeId(model, key) : null),
    }),
  };
}

/** The record under the name of its type: one of them, so that a client's cache learns of it. */
function recordFields(parts: Parts, t: ObjectFields<OperationPayload>): Fields {
  const shown = [...parts.domain.models.values()].filter(parts.isShown);
  const fields = shown.map((type) => {
    const field = t.field({
      type: objectOf(parts, type),
      nullable: true,
      description: `The ${type.name} as it is after the write, if the operation is about one; null of DELETE, and in a dry run.`,
      resolve: ({ model, record }, _args, context) =>
        record && model === type ? parts.loaders(context).record(model, record) : null,
    });
    return [recordName(type), field] as const;
  });
  return Object.fromEntries(fields);
}

/** A model's name as a field of an operation, which has fields of its own. */
function recordName({ name }: Model): string {
  const field = lowerFirst(name);
  return ownFields.includes(field) ? `${field}Record` : field;
}

const ownFields = ['action', 'type', 'recordId', 'recordNodeId', 'path', 'changes', 'reason'];

function makeCounts({ builder, typeName }: Parts) {
  return builder.objectRef<readonly OperationPayload[]>(typeName('OperationCounts')).implement({
    description: 'How many operations there are of each action.',
    fields: (t) => {
      const count = (action: Operation['action'], description: string) =>
        t.int({
          nullable: false,
          description,
          resolve: (operations) =>
            operations.filter((operation) => operation.action === action).length,
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
}

function enumValues<Key extends string>(texts: {
  readonly [key in Key]: readonly [string, string];
}) {
  const entries = Object.entries<readonly [string, string]>(texts);
  return Object.fromEntries(
    entries.map(([value, [name, description]]) => [name, { value: value as Key, description }]),
  );
}
