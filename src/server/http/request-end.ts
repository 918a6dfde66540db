import type { ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestEnd, ServerContext } from './under-way.ts';

/** Makes the end of one request, which may run for `timeLimit` ms. */
export function makeRequestEnd(response: ServerResponse, timeLimit: number): RequestEnd {
  const end = new AbortController();
  let clock: NodeJS.Timeout | undefined;
  response.once('close', () => {
    clearTimeout(clock);
    end.abort(HUNG_UP);
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
export const endQueries: Plugin<ServerContext> = {
  onExecute({ args }) {
    const { end, account } = args.contextValue.underWay;
    end.startClock();
    if (account.type === 'query') Object.assign(args, { signal: end.signal });
  },
};

/** Made once: every request ends with it, an answered one too. */
const HUNG_UP = new GraphQLError('The client has hung up.', {
  extensions: { code: 'CLIENT_CLOSED_REQUEST' },
});

/** The error of what is not done in time. */
export function timeoutError(timeLimit: number): GraphQLError {
  return new GraphQLError(
    `The request takes longer than ${timeLimit} ms: ask for less at a time.`,
    { extensions: { code: 'TIMEOUT', http: { spec: true, status: 400 } } },
  );
}
