import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Refuses parameters of a request that are not what they must be, where Yoga would fail instead.
 */
export const checkParams: Plugin = {
  onRequestParse({ request, requestParser, setRequestParser }) {
    if (request.method !== 'GET' || !requestParser) return;
    setRequestParser((get) => {
      try {
        return requestParser(get);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        throw malformed('variables and extensions must be JSON');
      }
    });
  },
  onParams({ params }) {
    const name: unknown = params.operationName;
    if (name === undefined || name === null || typeof name === 'string') return;
    throw malformed('operationName must be a text');
  },
};

/** The request error for parameters that cannot be read. */
export function malformed(problem: string): GraphQLError {
  return new GraphQLError(`The request is malformed: ${problem}.`, {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });
}
