import { makeProgress, type Progress } from '../../graphql/context.ts';
import type { Logger } from '../logger.ts';

/** What a request knows of itself. */
export type RequestInfo = {
  /** Of the header `x-request-id`, else made; sent back and logged. */
  readonly requestId: string;
  /** Logs with the request's id. */
  readonly log: Logger;
  /** What is known of it so far. */
  readonly account: RequestAccount;
};

/** What is known of one request when it ends: what its line in the log says. */
export interface RequestAccount extends Progress {
  /** Without its query, in which there may be variables. */
  path: string;
  type: 'query' | 'mutation' | 'subscription' | null;
  /** The name of the operation, if the client gave it one. */
  operation: string | null;
  /** Why it failed, of its first error; null if it did not. */
  code: string | null;
  statements: number;
}

/** Makes the account of a request that has just come. */
export function makeAccount(): RequestAccount {
  return {
    path: '',
    type: null,
    operation: null,
    code: null,
    statements: 0,
    ...makeProgress(),
  };
}
