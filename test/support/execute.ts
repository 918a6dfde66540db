import type { GraphQLError } from 'graphql';
import type { Asker } from '../../src/blog/asker.ts';
import { type Context, makeProgress } from '../../src/graphql/context.ts';
import { schema } from '../../src/graphql/schema.ts';
import { standardMutationLimits } from '../../src/mutation/mutate.ts';
import type { Client } from '../../src/server/database/client.ts';
import { wideLimits } from './limits.ts';
import { makeRunDocument } from './run-document.ts';
import { writing } from './write-way.ts';

/** A GraphQL response, its data as a test expects them. */
export type Response<Data> = {
  readonly data: Data;
  readonly errors: readonly GraphQLError[];
};

const limits = { ...standardMutationLimits, ...wideLimits };
const quiet = { info() {}, warn() {}, error() {} };
const run = makeRunDocument(schema);

/**
 * Executes a document as one request, without HTTP, `more` in its context. The types of the data are
 * the test's claim.
 */
export async function execute<Data = Record<string, never>>(
  client: Client,
  source: string,
  variableValues: Record<string, unknown> = {},
  asker: Asker = { kind: 'open' },
  more: Partial<Context> = {},
): Promise<Response<Data>> {
  const contextValue: Context = {
    client,
    limits,
    asker,
    ...writing,
    progress: makeProgress(),
    signal: new AbortController().signal,
    requestId: 'test',
    log: quiet,
    ...more,
  };
  const { data, errors = [] } = await run(source, variableValues, contextValue);
  // Resolved data have no prototype; as JSON they compare like any object.
  const plain: unknown = JSON.parse(JSON.stringify(data ?? null));
  return { data: plain as Data, errors };
}

/** As `execute`, where no errors are expected. */
export async function read<Data>(
  client: Client,
  source: string,
  variables?: Record<string, unknown>,
): Promise<Data> {
  const { data, errors } = await execute<Data>(client, source, variables);
  if (errors.length > 0) throw new AggregateError(errors, errors.join('\n'));
  return data;
}
