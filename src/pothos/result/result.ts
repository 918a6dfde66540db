import type { Result } from '../../mutation/request.ts';
import type { Model } from '../../model/model.ts';
import type { Row } from '../../repo/row.ts';
import { builder } from '../../graphql/builder.ts';
import type { ChangesetPayload } from './changeset-payload.ts';
import { changesetType } from './changeset-type.ts';
import { issueType } from './issue-type.ts';
import { lowerFirst } from '../names.ts';
import { objectOf } from '../read/object.ts';

/** What a mutation answers, told apart by `kind`. */
export type Payload =
  | (ChangesetPayload & { readonly kind: 'success'; readonly record: Row })
  | (ChangesetPayload & { readonly kind: 'dryRun' })
  | Exclude<Result, { kind: 'success' | 'dryRun' }>;

type Of<Kind extends Payload['kind']> = Extract<Payload, { kind: Kind }>;

const writeError = builder.interfaceRef<{ kind: string }>('WriteError').implement({
  description: 'Why a write was refused; nothing was written.',
  fields: (t) => ({
    message: t.string({
      description: 'Ready to show.',
      resolve: () => 'Nothing was written.',
    }),
  }),
});

const invalidChangeset = builder.objectRef<Of<'invalid'>>('InvalidChangeset').implement({
  description:
    'Nothing was written. All issues that can be found before the first write come together; constraints of the database come when there are none of those, at least the first.',
  interfaces: [writeError],
  fields: (t) => ({
    message: t.string({
      description: 'Ready to show.',
      resolve: ({ issues }) =>
        `Nothing was written: ${issues.length === 1 ? 'there is 1 issue' : `there are ${issues.length} issues`}.`,
    }),
    issues: t.field({
      type: [issueType],
      description: 'The mistakes.',
      resolve: ({ issues }) => issues,
    }),
  }),
});

const staleEntry = builder.objectRef<Of<'stale'>>('StaleEntry').implement({
  description:
    'A row is not as the client believes: changed, moved or deleted meanwhile. Read again, then decide.',
  interfaces: [writeError],
  fields: (t) => ({
    message: t.string({
      description: 'Ready to show.',
      resolve: ({ type, id }) =>
        `Nothing was written: ${type}${id === null ? '' : ` ${id}`} was changed by someone else.`,
    }),
    path: t.stringList({
      description:
        'Where the request says otherwise: it ends at lockVersion, at expectedIds or at the entry that vanished.',
      resolve: ({ path }) => path.map(String),
    }),
    type: t.exposeString('type', {
      description: "The row's type; for expectedIds the owner's.",
    }),
    id: t.exposeID('id', {
      nullable: true,
      description: "The row's id; for expectedIds the owner's.",
    }),
  }),
});

const notFound = builder.objectRef<Of<'notFound'>>('NotFound').implement({
  description: 'The record at the root of the request does not exist.',
  interfaces: [writeError],
  fields: (t) => ({
    message: t.string({
      description: 'Ready to show.',
      resolve: ({ type, id }) => `There is no ${type} ${id}.`,
    }),
    type: t.exposeString('type', {
      description: 'The type that was asked for.',
    }),
    id: t.exposeID('id', { description: 'The id that was asked for.' }),
  }),
});

const forbidden = builder
  .objectRef<{ kind: 'forbidden'; path: readonly string[] }>('Forbidden')
  .implement({
    description: 'The sender may not do this.',
    interfaces: [writeError],
    fields: (t) => ({
      message: t.string({
        description: 'Ready to show.',
        resolve: () => 'Nothing was written: this is not allowed.',
      }),
      path: t.stringList({
        description: 'Where the request asks for it.',
        resolve: ({ path }) => [...path],
      }),
    }),
  });

const limitExceeded = builder.objectRef<Of<'limit'>>('LimitExceeded').implement({
  description: 'A list of the request is longer than the service takes. Send it in parts.',
  interfaces: [writeError],
  fields: (t) => ({
    message: t.string({
      description: 'Ready to show.',
      resolve: ({ limit, actual }) =>
        `Nothing was written: ${actual} entries, at most ${limit} are taken.`,
    }),
    path: t.stringList({
      description: 'Where the list is.',
      resolve: ({ path }) => path.map(String),
    }),
    limit: t.exposeInt('limit', { description: 'How many are taken.' }),
    actual: t.exposeInt('actual', { description: 'How many were sent.' }),
  }),
});

const idempotencyConflict = builder
  .objectRef<Of<'idempotencyConflict'>>('IdempotencyConflict')
  .implement({
    description: 'Another request was sent under the same idempotency key.',
    interfaces: [writeError],
    fields: (t) => ({
      message: t.string({
        description: 'Ready to show.',
        resolve: () => 'Nothing was written: the idempotency key belongs to another request.',
      }),
    }),
  });

const dryRun = builder.objectRef<Of<'dryRun'>>('DryRun').implement({
  description:
    'The same validation, plan and constraint checks as the real write; nothing was kept. Ids of rows not yet there are null.',
  fields: (t) => ({
    changeset: t.field({
      type: changesetType,
      description: 'What the write would do.',
      resolve: (payload) => payload,
    }),
  }),
});

/** The names of the members of every result, by what a payload is. */
const memberNames: { readonly [kind in Payload['kind']]: string | null } = {
  success: null,
  dryRun: 'DryRun',
  invalid: 'InvalidChangeset',
  stale: 'StaleEntry',
  notFound: 'NotFound',
  limit: 'LimitExceeded',
  idempotencyConflict: 'IdempotencyConflict',
};

/**
 * The result union of a mutation, its own success type among the members: `field` holds the record.
 */
export function resultType(name: string, model: Model, field: string) {
  const success = builder.objectRef<Of<'success'>>(`${name}Success`).implement({
    description: 'The write was made, all of it.',
    fields: (t) => ({
      [field]: t.field({
        type: objectOf(model),
        description: `The ${model.name} as it is now; of a delete as it was last, its associations as of now.`,
        resolve: ({ record }) => record,
      }),
      changeset: t.field({
        type: changesetType,
        description: 'What was done.',
        resolve: (payload) => payload,
      }),
    }),
  });
  return builder.unionType(`${name}Result`, {
    description: `What ${lowerFirst(name)} answers. Where several apply, the first of: LimitExceeded, IdempotencyConflict, NotFound, StaleEntry, InvalidChangeset, Forbidden.`,
    types: [
      success,
      dryRun,
      invalidChangeset,
      staleEntry,
      notFound,
      forbidden,
      limitExceeded,
      idempotencyConflict,
    ],
    resolveType: (payload) =>
      (payload.kind in memberNames ? memberNames[payload.kind as Payload['kind']] : null) ??
      `${name}Success`,
  });
}
