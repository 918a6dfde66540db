import type { ServerResponse } from 'node:http';
import { type ExecutionArgs, getOperationAST, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** What ends a request. */
export type RequestEnd = {
  /**
   * Aborted when the answer is sent, the client hangs up or the time is over; its reason is the error of what is not
   * begun any more.
   */
  readonly signal: AbortSignal;
  /** From now on its time runs. */
  readonly startClock: () => void;
};

/** Makes the end of one request, which may run for `timeLimit` ms. */
export function makeRequestEnd(response: ServerResponse, timeLimit: number): RequestEnd {
  const end = new AbortController();
  let clock: NodeJS.Timeout | undefined;
  response.once('close', () => {
    clearTimeout(clock);
    end.abort(hungUp());
  });
  return {
    signal: end.signal,
    startClock() {
      clock = setTimeout(() => end.abort(timeoutError(timeLimit)), timeLimit);
    },
  };
}

/**
 * Ends queries with their request. Not mutations: what they have written is to be answered, and
 * each root field looks at the signal by itself before it begins.
 */
export function endQueries(endOfRequest: () => RequestEnd): Plugin {
  return {
    onExecute({ args }) {
      const { signal, startClock } = endOfRequest();
      startClock();
      if (isQuery(args)) Object.assign(args, { signal });
    },
  };
}

function isQuery({ document, operationName }: ExecutionArgs): boolean {
  return getOperationAST(document, operationName)?.operation === 'query';
}

function hungUp(): GraphQLError {
  return new GraphQLError('The client has hung up.', {
    extensions: { code: 'CLIENT_CLOSED_REQUEST' },
  });
}

/** The error of what is not done in time. */
export function timeoutError(timeLimit: number): GraphQLError {
  return new GraphQLError(
    `The request takes longer than ${timeLimit} ms: ask for less at a time.`,
    { extensions: { code: 'TIMEOUT', http: { spec: true, status: 400 } } },
  );
}
