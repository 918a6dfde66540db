import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, getNamedType, isObjectType, Kind, parse } from 'graphql';

/** The printed schema, as clients have it. */
export const printed = buildSchema(
  readFileSync(join(import.meta.dirname, '../../schema.graphql'), 'utf8'),
);

/** The mutations of the contract; models that are added have more. */
export const contractMutations: readonly string[] = parse(
  readFileSync(join(import.meta.dirname, '../graphql/contract.graphql'), 'utf8'),
).definitions.flatMap((node) =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === 'Mutation'
    ? (node.fields ?? []).map(({ name }) => name.value)
    : [],
);

/** A mutation's arguments. */
export type Variables = Readonly<Record<string, unknown>>;

/** Any member of a mutation's result, with every field that is a scalar. */
export type Outcome = {
  readonly __typename: string;
  readonly message?: string;
  readonly issues?: readonly {
    readonly code: string;
    readonly message: string;
    readonly template: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly path: readonly string[];
  }[];
  readonly path?: readonly string[];
  readonly type?: string;
  readonly recordId?: string | null;
  readonly limit?: number;
  readonly actual?: number;
  readonly changeset?: Changeset;
  readonly record?: Readonly<Record<string, unknown>>;
};

type Changeset = {
  readonly operations: readonly {
    readonly action: string;
    readonly type: string;
    readonly recordId: string | null;
    readonly path: readonly string[];
    readonly reason: string;
    readonly changes: readonly {
      readonly field: string;
      readonly from: unknown;
      readonly to: unknown;
    }[];
  }[];
  readonly counts: Readonly<Record<string, number>>;
};

const CHANGESET = `changeset {
  operations { action type recordId path reason changes { field from to } }
  counts { inserted updated deleted linked unlinked unchanged }
}`;

/** All of a record that a client could select, two levels deep. */
export const RECORD: Readonly<Record<string, string>> = {
  post: `__typename id title body lockVersion insertedAt updatedAt commentCount
    author { id name lockVersion posts { id title } }
    comments { id body lockVersion insertedAt updatedAt post { id title } }
    tags { id name posts { id title } }
    permalink { id url post { id title } }`,
  comment: `__typename id body lockVersion insertedAt updatedAt
    post { id title lockVersion author { id name } comments { id body } }`,
  author: `__typename id name lockVersion insertedAt updatedAt
    posts { id title body lockVersion comments { id body } tags { id name } permalink { id url } }`,
  tag: '__typename id name posts { id title lockVersion tags { id name } }',
};

/**
 * The document of a mutation: its arguments as variables of the same names, its answer as `result`,
 * the record as `record`.
 */
export function writeDocument(mutation: string, record?: string): string {
  const field = printed.getMutationType()?.getFields()[mutation];
  if (!field) throw new Error(`there is no mutation ${mutation}`);
  const name = recordName(mutation);
  const parameters = field.args.map((arg) => `$${arg.name}: ${String(arg.type)}`);
  const given = field.args.map((arg) => `${arg.name}: $${arg.name}`);
  const success = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Success`;
  return `mutation (${parameters.join(', ')}) {
    result: ${mutation}(${given.join(', ')}) {
      __typename
      ... on WriteError { message }
      ... on InvalidChangeset { issues { code message template params path } }
      ... on Forbidden { path }
    ... on StaleEntry { path type recordId }
      ... on NotFound { type recordId }
      ... on LimitExceeded { path limit actual }
      ... on DryRun { ${CHANGESET} }
      ... on ${success} { record: ${name} { ${record ?? RECORD[name] ?? 'id'} } ${CHANGESET} }
    }
  }`;
}

/** What a mutation's success calls its record: post, comment, author. */
export function recordName(mutation: string): string {
  const union = printed.getMutationType()?.getFields()[mutation]?.type;
  const result = union && getNamedType(union);
  const members = result && 'getTypes' in result ? result.getTypes() : [];
  const success = members.find(({ name }) => name.endsWith('Success'));
  if (!success || !isObjectType(success)) throw new Error(mutation);
  const [name = ''] = Object.keys(success.getFields());
  return name;
}

/** The issues in short: `REQUIRED input.comments.cast.entries.0.body`. */
export function issuesOf(outcome: Outcome): string[] {
  if (!outcome.issues) return [show(outcome)];
  return outcome.issues.map(({ code, path }) => `${code} ${path.join('.')}`);
}

/**
 * The operations in short: `UPDATE Comment 12 input.comments.cast.entries.1 GIVEN body: "more" ->
 * "less"`.
 */
export function operationsOf(outcome: Outcome): string[] {
  if (!outcome.changeset) return [show(outcome)];
  return outcome.changeset.operations.map((operation) => {
    const { action, type, recordId, path, reason, changes } = operation;
    const fields = changes.map(
      ({ field, from, to }) => `${field}: ${JSON.stringify(from)} -> ${JSON.stringify(to)}`,
    );
    const place = path.length === 0 ? '[]' : path.join('.');
    return [action, type, String(recordId), place, reason, fields.join(', ')].join(' ').trimEnd();
  });
}

/** A refusal in short: `StaleEntry input.lockVersion Post 1`. */
export function refusalOf(outcome: Outcome): string {
  const { __typename, path, type, recordId } = outcome;
  return [__typename, path?.join('.'), type, recordId].filter(Boolean).join(' ');
}

function show(outcome: Outcome): string {
  return `${outcome.__typename}: ${JSON.stringify(outcome)}`;
}
