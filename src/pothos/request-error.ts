import { GraphQLError } from 'graphql';
import { faultOf, OutcomeUnknownError } from '../repo/errors/database-fault.ts';
import { TooManyRowsError } from '../repo/read/row-budget.ts';
import { isTooLargeToIndex } from '../repo/errors/constraint-violation.ts';

/** An error of a request, and how far the request had come. */
export interface Failure {
  readonly error: unknown;
  /** The field that failed: its path's length; 0 outside of the execution. */
  readonly depth: number;
  /** Whether a mutation of this request has been kept before. */
  readonly isWritten: boolean;
}

/**
 * The request error for a fault of the database: UNAVAILABLE where the field has written nothing
 * and may be sent again, OUTCOME_UNKNOWN where that cannot be said, BAD_USER_INPUT for a text that
 * it cannot hold, TIMEOUT for what takes too long by itself. TOO_MANY_ROWS for a read of more rows than a request may take. Null for every other error.
 */
export function requestError(failure: Failure): GraphQLError | null {
  const { error, depth, isWritten } = failure;
  if (error instanceof OutcomeUnknownError) {
    return unknownOutcome(
      'The connection to the database was lost at the last moment: whether the write was kept is not known. Read before you send it again, or send it with an idempotency key.',
    );
  }
  if (error instanceof TooManyRowsError) {
    return new GraphQLError(error.message, { extensions: { code: 'TOO_MANY_ROWS' } });
  }
  if (isTooLargeToIndex(error)) {
    return new GraphQLError('A text takes more bytes than the database can index: shorten it.', {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  }
  const fault = faultOf(error);
  if (fault === null) return null;
  if (isWritten && depth > 1) {
    return unknownOutcome(
      'The write was kept, but what the answer asks for cannot be read now. Read it later.',
    );
  }
  if (fault === 'slow') {
    return new GraphQLError('This takes longer than it may: ask for less at a time.', {
      extensions: { code: 'TIMEOUT' },
    });
  }
  // Where a part is kept, no program may repeat the whole by itself.
  const http = { status: 503, headers: { 'retry-after': RETRY_AFTER } };
  return new GraphQLError('The database is not available. Try again later.', {
    extensions: { code: 'UNAVAILABLE', ...(isWritten ? {} : { http }) },
  });
}

// Seconds.
const RETRY_AFTER = '1';

function unknownOutcome(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'OUTCOME_UNKNOWN' } });
}
