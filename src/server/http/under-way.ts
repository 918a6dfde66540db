import type { ServerResponse } from 'node:http';
import type { Asker } from '../../blog/asker.ts';
import type { RequestInfo } from '../observe/request-account.ts';

/** A GraphQL request that is being answered. */
export type RequestUnderWay = RequestInfo & {
  readonly asker: Asker;
  /** Aborted when its client hangs up or its time is over. */
  readonly signal: AbortSignal;
};

/** What Yoga hands to each of its hooks. */
export type ServerContext = { readonly underWay: UnderWay };

/** A GraphQL request of which only the head is read. */
export type NewRequest = RequestInfo & {
  /** Makes the answer a stream, see `Streams`. */
  readonly becomeStream: (until?: number) => boolean;
};

/** A GraphQL request from its head on. */
export type UnderWay = NewRequest & {
  /** Not known before the header is read. */
  asker?: Asker;
  /** When the token of the one who asks ends, in ms since 1970. */
  expiresAt?: number;
  readonly response: ServerResponse;
  isStream: boolean;
  readonly end: RequestEnd;
};

/** What ends a request. */
export type RequestEnd = {
  /**
   * Aborted when the answer is sent, the client hangs up or the time is over; its reason is the
   * error of what is not begun any more.
   */
  readonly signal: AbortSignal;
  /** From now on its time runs. */
  readonly startClock: () => void;
};
