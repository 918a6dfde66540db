import SchemaBuilder from '@pothos/core';
import type { GraphQLSchema } from 'graphql';
import type { TransactionClient } from 'prisma-assoc';
import type { PlannedOperation } from 'prisma-assoc/changeset';
import { associationKit } from 'prisma-assoc/pothos';
import type { Domain } from '../../src/domain/domain.ts';
import { foreignKeys } from '../../src/model/key.ts';
import type { Create, Route } from './routes.ts';
import { makeRunDocument } from './run-document.ts';

/* A policy that denies one operation of a plan, and whether any route leads past it. */

type IsDenied = (operation: PlannedOperation, index: number) => boolean;

interface Context {
  readonly client: TransactionClient;
  /** What is asked about, each time. */
  readonly asked: (readonly PlannedOperation[])[];
  readonly isDenied: IsDenied;
}

/** Whose mutations are sent, and where to. */
export interface Sending {
  readonly domain: Domain;
  readonly client: () => TransactionClient;
  /** The models that have mutations of their own. Default all. */
  readonly roots?: readonly string[];
  /** What the rules of the domain take of a request. */
  readonly context?: object;
}

/** Sends the mutations of a domain, under a policy that a test decides, or under none. */
export interface Sender {
  readonly schema: GraphQLSchema;
  readonly send: (
    mutation: string,
    variables: object,
    run?: { readonly dryRun?: boolean; readonly isDenied?: IsDenied },
  ) => Promise<{
    readonly result: Answer;
    readonly asked: readonly (readonly PlannedOperation[])[];
  }>;
}

/** What a mutation answers, as `documentOf` asks for it. */
export interface Answer {
  readonly __typename: string;
  readonly path?: readonly string[];
  readonly issues?: readonly object[];
  readonly changeset?: { readonly operations: readonly Written[] };
}

/** An operation that an answer shows. */
export interface Written {
  readonly action: string;
  readonly type: string;
  readonly recordId: string;
  readonly path: readonly string[];
}

/** The document of a mutation of a schema; every argument is a variable. */
export function documentOf(schema: GraphQLSchema, mutation: string): string {
  const args = schema.getMutationType()?.getFields()[mutation]?.args ?? [];
  const variables = args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const sent = args.map(({ name }) => `${name}: $${name}`).join(', ');
  const changeset = 'changeset { operations { action type recordId path } }';
  const success = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Success`;
  return `mutation (${variables}) { result: ${mutation}(${sent}) {
    __typename ... on InvalidChangeset { issues { code path } } ... on Forbidden { path }
    ... on DryRun { ${changeset} } ... on ${success} { ${changeset} }
  } }`;
}

/** Makes a sender; one that does not ask has no policy. */
export function makeSender(sending: Sending, asks: boolean): Sender {
  const schema = makeSchema(sending, asks);
  const run = makeRunDocument(schema);
  return {
    schema,
    async send(mutation, variables, { dryRun = false, isDenied = () => false } = {}) {
      const asked: (readonly PlannedOperation[])[] = [];
      const { data, errors } = await run(
        documentOf(schema, mutation),
        { ...variables, options: { dryRun } },
        { ...sending.context, client: sending.client(), asked, isDenied },
      );
      if (errors) throw new AggregateError(errors, errors.join('\n'));
      return { asked, result: data?.['result'] as Answer };
    },
  };
}

function makeSchema({ domain, roots }: Sending, asks: boolean): GraphQLSchema {
  const builder = new SchemaBuilder<{ Context: Context }>({});
  const kit = associationKit(builder, domain, {
    client: ({ client }) => client,
    ...(asks && {
      authorize(operations, _tx, { asked, isDenied }: Context) {
        asked.push(operations);
        return operations.filter(isDenied);
      },
    }),
  });
  builder.queryType({ fields: (t) => ({ any: t.boolean({ resolve: () => true }) }) });
  builder.mutationType({});
  for (const name of domain.aggregates.keys()) {
    kit.object(name, { description: name, fields: (t) => kit.columns(t, name, { id: 'The id.' }) });
    if (roots?.includes(name) !== false) builder.mutationFields((t) => kit.mutations(t, name));
  }
  return builder.toSchema();
}

/** What an answer's changeset writes. */
function writesOf({ changeset }: Answer): readonly Written[] {
  return (changeset?.operations ?? []).filter(({ action }) => action !== 'UNCHANGED');
}

/** Makes records for a route by a sender that nothing is denied. */
export function creator({ send }: Sender): Create {
  return async (mutation, variables) => {
    const { result } = await send(mutation, variables);
    if (!result.changeset) throw new Error(`${mutation}: ${JSON.stringify(result)}`);
    return writesOf(result).flatMap(({ action, recordId: id, path }) =>
      action === 'INSERT' ? [{ id, path }] : [],
    );
  };
}

/** A mutation with what it writes if nothing is denied. */
export interface Planned {
  readonly mutation: string;
  readonly variables: object;
  readonly writes: readonly Written[];
}

/**
 * Looks what a mutation would write, by a sender that does not ask: it hears no denial.
 * @throws Error where that is nothing.
 */
export async function plan(
  { send }: Sender,
  mutation: string,
  variables: object,
): Promise<Planned> {
  const { result } = await send(mutation, variables, { dryRun: true, isDenied: () => true });
  const writes = writesOf(result);
  if (writes.length === 0) throw new Error(`it writes nothing: ${JSON.stringify(result)}`);
  return { mutation, variables, writes };
}

/**
 * The first write of a mutation that comes past its denial, if there is one; `rows` gives all rows
 * as a text.
 */
export async function findLeak(
  { send }: Sender,
  { mutation, variables, writes }: Planned,
  rows: () => Promise<string>,
): Promise<string | null> {
  const before = await rows();
  for (const [index, { action, type, path }] of writes.entries()) {
    const isDenied = (_operation: PlannedOperation, at: number) => at === index;
    for (const dryRun of index === 0 ? [true, false] : [false]) {
      const { result, asked } = await send(mutation, variables, { dryRun, isDenied });
      const isRefused =
        result.__typename === 'Forbidden' &&
        String(result.path) === String(path) &&
        asked.length === 1 &&
        asked[0]?.length === writes.length &&
        (await rows()) === before;
      if (!isRefused) return `${action} ${type} ${path.join('.')}`;
    }
  }
  return null;
}

/** SQL that gives all rows of a domain as one `text`: a line for each, what names it and then the whole. */
export function rowsSql({ models }: Domain): string {
  const parts = [...models.values()].map(({ name, table, fields, primaryKey }) => {
    const key = primaryKey.map((field) => `"${fields.get(field)?.column ?? ''}"`).join(', ');
    return `SELECT concat_ws(' ', '${name}', ${key}) || E'\\t' || to_jsonb(t) AS row FROM "${table}" AS t`;
  });
  return `SELECT string_agg(row, E'\\n' ORDER BY row) AS text FROM (${parts.join(' UNION ALL ')}) AS rows`;
}

/**
 * The rows that have come, changed or gone between two texts of `rowsSql` though no operation of an
 * answer says so; of join rows, those that are more than its links.
 */
export function findUnplanned(before: string, after: string, answer: Answer): readonly string[] {
  const lines = [...before.split('\n'), ...after.split('\n')];
  const changed = lines.filter((line) => lines.indexOf(line) === lines.lastIndexOf(line));
  const names = [...new Set(changed.map((line) => line.slice(0, line.indexOf('\t'))))];
  const isJoin = (name: string) => name.split(' ').length > 2;
  const writes = writesOf(answer);
  const links = writes.filter(({ action }) => action === 'LINK' || action === 'UNLINK');
  const planned = new Set(writes.map(({ type, recordId }) => `${type} ${recordId}`));
  return [
    ...names.filter((name) => !isJoin(name) && !planned.has(name)),
    ...names.filter(isJoin).slice(links.length),
  ];
}

/** Whether a route takes the parent of a record away that cannot be without: no row is written. */
export function losesParent({ models }: Domain): (route: Route) => boolean {
  const needed = [...models.values()].flatMap((model) =>
    foreignKeys(model)
      .filter(({ ownerKey }) => ownerKey.some((key) => model.fields.get(key)?.isNullable === false))
      .map(({ name }) => name),
  );
  return ({ association, tool }) =>
    needed.includes(association.split('.').at(-1) ?? '') &&
    ['cast NILIFY', 'cast UPDATE', 'put NILIFY'].includes(tool);
}
