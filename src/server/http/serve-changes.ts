import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { maskError } from './mask-errors.ts';
import { asOneRefusal } from './one-refusal.ts';
import { timeoutError } from './request-end.ts';
import { tidyError } from './request-errors.ts';
import { executeWhole } from './retry-torn-reads.ts';
import type { ServerContext, UnderWay } from './under-way.ts';

/** Makes a context that has read nothing yet, for one delivery. */
type MakeContext = (request: UnderWay, signal: AbortSignal) => object;

/**
 * Serves subscriptions: each delivery is executed as a query of its own would be, within `timeLimit`
 * ms. Where the database fails it, its client is cut off: only what is sent whole is sent.
 */
export function serveChanges(makeContext: MakeContext, timeLimit: number): Plugin<ServerContext> {
  return {
    onSubscribe({ args: { contextValue }, setSubscribeFn }) {
      const request = contextValue.underWay;
      setSubscribeFn(async (args: ExecutionArgs) => {
        request.isStream = true;
        if (!request.becomeStream(request.expiresAt)) throw tooMany();
        const changes = await createSourceEventStream(args);
        if (!(Symbol.asyncIterator in changes)) return changes;
        return deliveries({ request, args, makeContext, timeLimit }, changes);
      });
    },
  };
}

function tooMany(): GraphQLError {
  const http = { status: 503, headers: { 'retry-after': '1' } };
  return new GraphQLError('Too many streams are open. Try again later.', {
    extensions: { code: 'UNAVAILABLE', http },
  });
}

type Serving = {
  readonly request: UnderWay;
  readonly args: ExecutionArgs;
  readonly makeContext: MakeContext;
  readonly timeLimit: number;
};

/** The answers of a stream; by hand, since a generator that waits cannot be ended. */
function deliveries(
  serving: Serving,
  changes: AsyncIterable<unknown>,
): AsyncIterableIterator<ExecutionResult> {
  const { log, response } = serving.request;
  const source = changes[Symbol.asyncIterator]();
  const end = async () => {
    await source.return?.();
    return { value: undefined, done: true } as const;
  };
  const answers: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => answers,
    async next() {
      try {
        const change = await source.next();
        if (change.done) return await end();
        const value = await deliver(serving, change.value);
        if (!value.errors?.some(isPassing)) return { value, done: false };
      } catch (error) {
        log.warn({ err: error }, 'a stream is cut off');
      }
      // Who is cut off begins anew.
      response.destroy();
      return end();
    },
    return: end,
  };
  return answers;
}

/** Whether the same may succeed in a moment. */
function isPassing({ extensions }: GraphQLError): boolean {
  return extensions['code'] === 'UNAVAILABLE';
}

async function deliver(
  { request, args, makeContext, timeLimit }: Serving,
  rootValue: unknown,
): Promise<ExecutionResult> {
  const delivery = new AbortController();
  const { signal } = request.end;
  const gone = () => delivery.abort(signal.reason);
  signal.addEventListener('abort', gone, { once: true });
  const clock = setTimeout(() => delivery.abort(timeoutError(timeLimit)), timeLimit);
  const renew = () => Object.assign({}, args.contextValue, makeContext(request, delivery.signal));
  try {
    const asked = { ...args, rootValue, contextValue: renew() };
    const result = asOneRefusal(await executeWhole(execute, asked, renew));
    return result.errors ? { ...result, errors: result.errors.map(shown) } : result;
  } finally {
    clearTimeout(clock);
    signal.removeEventListener('abort', gone);
  }
  function shown(error: GraphQLError): GraphQLError {
    return tidyError(maskError(error, request));
  }
}
