import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from '../logger.ts';
import { asOneRefusal } from './one-refusal.ts';
import { timeoutError } from './request-end.ts';
import { tidyError } from './request-errors.ts';
import { executeWhole } from './retry-torn-reads.ts';

/** A request for a stream of changes. */
export type StreamRequest = {
  readonly log: Logger;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /** Makes the answer a stream; false where there are as many as may be. */
  readonly becomeStream: () => boolean;
  /** Cuts the client off, who begins anew. */
  readonly cut: () => void;
  /** A context that has read nothing yet, for one delivery. */
  readonly makeContext: (signal: AbortSignal) => object;
  readonly mask: (error: unknown) => Error;
};

/**
 * Serves subscriptions: each delivery is executed as a query of its own would be, within `timeLimit`
 * ms. Where the database fails it, its client is cut off: only what is sent whole is sent.
 */
export function serveChanges(current: () => StreamRequest, timeLimit: number): Plugin {
  return {
    onSubscribe({ setSubscribeFn }) {
      const request = current();
      setSubscribeFn(async (args: ExecutionArgs) => {
        if (!request.becomeStream()) throw tooMany();
        const changes = await createSourceEventStream(args);
        if (!(Symbol.asyncIterator in changes)) return changes;
        return deliveries({ request, args, timeLimit }, changes);
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
  readonly request: StreamRequest;
  readonly args: ExecutionArgs;
  readonly timeLimit: number;
};

/** The answers of a stream; by hand, since a generator that waits cannot be ended. */
function deliveries(
  serving: Serving,
  changes: AsyncIterable<unknown>,
): AsyncIterableIterator<ExecutionResult> {
  const { log, cut } = serving.request;
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
      cut();
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
  { request, args, timeLimit }: Serving,
  rootValue: unknown,
): Promise<ExecutionResult> {
  const delivery = new AbortController();
  const gone = () => delivery.abort(request.signal.reason);
  request.signal.addEventListener('abort', gone, { once: true });
  const clock = setTimeout(() => delivery.abort(timeoutError(timeLimit)), timeLimit);
  const makeContext = () =>
    Object.assign({}, args.contextValue, request.makeContext(delivery.signal));
  try {
    const asked = { ...args, rootValue, contextValue: makeContext() };
    const result = asOneRefusal(await executeWhole(execute, asked, makeContext));
    return result.errors ? { ...result, errors: result.errors.map(shown) } : result;
  } finally {
    clearTimeout(clock);
    request.signal.removeEventListener('abort', gone);
  }
  function shown(error: GraphQLError): GraphQLError {
    const masked = request.mask(error);
    return masked instanceof GraphQLError ? tidyError(masked) : error;
  }
}
