import type { GraphQLSchema } from 'graphql';
import type { Random } from '../soak/random.ts';
import { garble } from './garble.ts';
import { makeMaker } from './maker.ts';
import { makeOperation, type Operation } from './operation.ts';
import { makeRawRequest, type RawRequest } from './raw-request.ts';
import type { Habit, Stock } from './stock.ts';

/** One request of either kind. */
export type FuzzRequest = Operation | RawRequest;

/** Makes one request: mostly an operation as the schema has it, at times a garbled one or raw bytes. */
export function makeRequest(
  random: Random,
  schema: GraphQLSchema,
  stock: Stock,
  habit: Habit,
): FuzzRequest {
  const operation = makeOperation(makeMaker(random, stock, habit), schema);
  if (random.chance(0.8)) return operation;
  if (random.chance(0.5)) return garble(random, operation);
  return makeRawRequest(random, bodyOf(operation));
}

/** The body of an operation's HTTP request. */
export function bodyOf({ query, variables }: Operation): string {
  return JSON.stringify({ query, variables });
}

/** A command that sends a request again. */
export function replayOf(request: FuzzRequest, url: string): string {
  if (request.kind === 'graphql') {
    return `printf '%s' ${quoted(bodyOf(request))} | curl -s ${url}/graphql -H 'content-type: application/json' --data-binary @-`;
  }
  const { hostname, port } = new URL(url);
  const bytes = Buffer.from(request.parts.join(''), 'latin1').toString('base64');
  return `echo ${bytes} | base64 -d | nc ${hostname} ${port} # in ${request.parts.length} parts, then ${request.end}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
