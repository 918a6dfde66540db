import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { malformed } from './request-params.ts';

/**
 * Automatic persisted queries as Apollo's and urql's clients send them: the SHA-256 of a document
 * instead of its text, and both once the service has answered that it does not know it. Valid
 * documents are kept, of `maxCharacters` together those that were asked for last; 0 keeps none.
 */
export function persistedQueries(maxCharacters: number): Plugin {
  const kept =
    maxCharacters === 0
      ? undefined
      : new LRUCache<string, string>({
          maxSize: maxCharacters,
          // One document may not take the place of all others.
          maxEntrySize: Math.ceil(maxCharacters / 10),
          sizeCalculation: (text) => text.length,
        });
  return {
    onParams({ params, setParams }) {
      const hash = readHash(params.extensions);
      if (hash === undefined) return;
      if (params.query) {
        if (hashOf(params.query) !== hash) throw malformed('sha256Hash is not that of the query');
        return;
      }
      if (kept === undefined) throw missing('NotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED');
      const query = kept.get(hash);
      if (query === undefined) throw missing('NotFound', 'PERSISTED_QUERY_NOT_FOUND');
      setParams({ ...params, query });
    },
    onValidate() {
      return ({ valid, context: { params } }) => {
        const hash = readHash(params.extensions);
        if (valid && hash !== undefined && params.query) kept?.set(hash, params.query);
      };
    },
  };
}

/** The hash that a request names; undefined where it names none. */
function readHash(extensions: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const named: unknown = extensions?.['persistedQuery'];
  if (named === undefined || named === null) return undefined;
  const { version, sha256Hash } = Object(named);
  if (version !== 1) throw malformed('only version 1 of persistedQuery is known');
  if (typeof sha256Hash === 'string' && /^[\da-f]{64}$/.test(sha256Hash)) return sha256Hash;
  throw malformed('sha256Hash must be 64 hexadecimal digits in lower case');
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Clients know it by its message or its code; the status is Apollo Server's. */
function missing(what: string, code: string): GraphQLError {
  return new GraphQLError(`PersistedQuery${what}`, { extensions: { code, http: { status: 200 } } });
}
