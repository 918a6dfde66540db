import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { TooComplexError } from '../limits/document-limits.ts';
import type { ServerContext } from './under-way.ts';

/**
 * Gives every error of an answer its code and keeps it short. The status of a request of which
 * nothing ran is that of the GraphQL-over-HTTP draft: 200 under application/json, else 400.
 */
export const tidyErrors: Plugin<object, ServerContext> = {
  onResultProcess({ result, serverContext }) {
    if (!('errors' in result) || !result.errors?.length) return;
    const isRefused = !('data' in result);
    for (const error of result.errors) {
      const { extensions } = tidyError(error);
      if (isRefused && extensions['code'] === 'BAD_USER_INPUT') {
        extensions['http'] = { spec: true, status: 400 };
      }
    }
    const [first] = result.errors;
    const { account } = serverContext.underWay;
    account.code = String(first?.extensions['code']);
    if (first instanceof TooComplexError) account.limit = first.what;
  },
};

/** Gives an error its code and keeps it short. */
export function tidyError(error: GraphQLError): GraphQLError {
  error.message = shorten(error.message);
  // Wrong variables, a null where an input takes none and a subscription have no code of their own.
  error.extensions['code'] ??= 'BAD_USER_INPUT';
  return error;
}

/** An error may repeat so much of what was sent, in characters. */
const MOST = 200;

/** Leaves out the middle of a message that is too long: why comes last. */
function shorten(message: string): string {
  if (message.length <= MOST) return message;
  return `${message.slice(0, MOST / 2)} … ${message.slice(3 - MOST / 2)}`;
}
