import type { Path } from '../../changeset/issue.ts';
import type { Result } from '../../mutation/request.ts';
import type { Fields, ObjectFields } from '../builder.ts';
import { isTooLong } from '../ids.ts';
import type { Parts } from '../parts.ts';
import { operationsOf } from './changeset-payload.ts';
import { changesetType } from './changeset-type.ts';
import { issueType } from './issue-type.ts';

/** A result of a kind. */
export type Of<Kind extends Result['kind']> = Extract<Result, { readonly kind: Kind }>;

type Refusal = Exclude<Result['kind'], 'success' | 'dryRun'>;

/** The names of the members of every result, by how a mutation ends. */
export const memberNames: { readonly [kind in Refusal | 'dryRun']: string } = {
  dryRun: 'DryRun',
  invalid: 'InvalidChangeset',
  stale: 'StaleEntry',
  notFound: 'NotFound',
  forbidden: 'Forbidden',
  limit: 'LimitExceeded',
  idempotencyConflict: 'IdempotencyConflict',
};

/** The members of every result beside its success: a dry run, and why a write was refused. */
export function failureTypes(parts: Parts) {
  return parts.named('failures', () => makeFailures(parts));
}

function makeFailures(parts: Parts) {
  const refusal = makeRefusals(parts);
  const invalid = refusal('invalid', {
    description:
      'Nothing was written. All issues that can be found before the first write come together; constraints of the database come when there are none of those, at least the first.',
    message: ({ issues: { length } }) =>
      nothing(length === 1 ? 'there is 1 issue' : `there are ${length} issues`),
    fields: (t) => ({
      issues: t.field({
        type: [issueType(parts)],
        nullable: false,
        description: 'The mistakes.',
        resolve: ({ issues }) => issues,
      }),
    }),
  });
  const stale = refusal('stale', {
    description:
      'A row is not as the client believes: changed, moved or deleted meanwhile. Read again, then decide.',
    message: (payload) => nothing(staleText(payload)),
    fields: (t) => ({
      path: pathField(
        t,
        'Where the request says otherwise: it ends at lockVersion, at expectedIds or at the entry that vanished.',
      ),
      type: t.exposeString('type', {
        nullable: false,
        description: "The row's type; for expectedIds the owner's.",
      }),
      recordId: t.exposeID('recordId', {
        nullable: true,
        description: "The row's id; for expectedIds the owner's.",
      }),
    }),
  });
  const notFound = refusal('notFound', {
    description: 'The record at the root of the request does not exist.',
    message: ({ type, recordId }) =>
      isTooLong(recordId) ? `There is no such ${type}.` : `There is no ${type} ${recordId}.`,
    fields: (t) => ({
      type: t.exposeString('type', {
        nullable: false,
        description: 'The type that was asked for.',
      }),
      recordId: t.id({
        nullable: true,
        description: 'The id that was asked for; null for one that is too long.',
        resolve: ({ recordId }) => (isTooLong(recordId) ? null : recordId),
      }),
    }),
  });
  const forbidden = refusal('forbidden', {
    description: 'The sender may not do this.',
    message: () => nothing('this is not allowed'),
    fields: (t) => ({ path: pathField(t, 'Where the request asks for it.') }),
  });
  const limit = refusal('limit', {
    description:
      'The request takes more than it may: its lists or scopes are too long, or there are too many rows that it must read to be compared. Do it in parts.',
    message: ({ actual, counted, limit }) =>
      nothing(`${actual} ${counted}, at most ${limit} are taken`),
    fields: (t) => ({
      path: pathField(t, 'Where the list, the scope or the association is.'),
      limit: t.exposeInt('limit', { nullable: false, description: 'How many are taken.' }),
      actual: t.exposeInt('actual', {
        nullable: false,
        description: 'How many there are, as far as they were counted.',
      }),
    }),
  });
  const idempotencyConflict = refusal('idempotencyConflict', {
    description: 'Another request was sent under the same idempotency key.',
    message: () => nothing('the idempotency key belongs to another request'),
  });
  const { builder, domain, typeName } = parts;
  const dryRun = builder.objectRef<Of<'dryRun'>>(typeName(memberNames.dryRun)).implement({
    description:
      'The same validation, plan and constraint checks as the real write; nothing was kept. Ids of rows not yet there are null.',
    fields: (t) => ({
      changeset: t.field({
        type: changesetType(parts),
        nullable: false,
        description: 'What the write would do.',
        resolve: (payload) => operationsOf(domain, payload),
      }),
    }),
  });
  return [dryRun, invalid, stale, notFound, forbidden, limit, idempotencyConflict];
}

/** Says what differs: the row, that it is not there, or which ids of its list. */
function staleText({ type, recordId, difference }: Of<'stale'>): string {
  const row = recordId === null ? `a new ${type}` : `${type} ${recordId}`;
  switch (difference.kind) {
    case 'changed':
      return `${row} was changed by someone else`;
    case 'vanished':
      return `${row} was deleted or moved by someone else`;
    case 'list': {
      const { association, missing, added } = difference;
      const texts = [
        ...(missing.length > 0 ? [`not there: ${idList(missing)}`] : []),
        ...(added.length > 0 ? [`not expected: ${idList(added)}`] : []),
      ];
      return `the ${association} of ${row} are not those expected (${texts.join('; ')})`;
    }
    case 'order': {
      const { association, ids } = difference;
      return `the ${association} of ${row} are not in the order expected (now: ${idList(ids)})`;
    }
    default:
      return difference satisfies never;
  }
}

function idList(ids: readonly string[]): string {
  const shown = ids.slice(0, MOST_IDS).join(', ');
  return ids.length > MOST_IDS ? `${shown} and ${ids.length - MOST_IDS} more` : shown;
}

/** A message names so many ids of each kind at most. */
const MOST_IDS = 10;

/** Says that nothing was written, and why. */
function nothing(reason: string): string {
  return `Nothing was written: ${reason}.`;
}

/** A kind of refusal: its message, and what there is to know beside. */
interface RefusalShape<Shape> {
  readonly description: string;
  readonly message: (payload: Shape) => string;
  readonly fields?: (t: ObjectFields<Shape>) => Fields;
}

/** Makes the function that makes the type of a refusal. */
function makeRefusals({ builder, typeName }: Parts) {
  const writeError = builder.interfaceRef<{ kind: string }>(typeName('WriteError')).implement({
    description: 'Why a write was refused; nothing was written.',
    fields: (t) => ({
      message: t.string({
        nullable: false,
        description: 'Ready to show.',
        resolve: () => 'Nothing was written.',
      }),
    }),
  });
  return <Kind extends Refusal>(
    kind: Kind,
    { description, message, fields = () => ({}) }: RefusalShape<Of<Kind>>,
  ) =>
    builder.objectRef<Of<Kind>>(typeName(memberNames[kind])).implement({
      description,
      interfaces: [writeError],
      fields: (t) => ({
        message: t.string({
          nullable: false,
          description: 'Ready to show.',
          resolve: message,
        }),
        ...fields(t),
      }),
    });
}

function pathField<Shape extends { readonly path: Path }>(
  t: ObjectFields<Shape>,
  description: string,
) {
  return t.stringList({
    nullable: false,
    description,
    resolve: ({ path }: Shape) => path.map(String),
  });
}
