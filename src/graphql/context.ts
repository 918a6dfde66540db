import type { TransactionClient, WriteWay } from 'prisma-assoc';
import type { MutationLimits, Turns } from 'prisma-assoc/mutation';

/** What the service logs with: fields first, then the message, as pino. */
interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** How far a request has come. */
export interface Progress {
  /** Whether a mutation of it has been kept. */
  written: boolean;
}

/** What every resolver of one request is given; each request has one of its own. */
export interface Context {
  readonly client: TransactionClient;
  readonly limits?: MutationLimits;
  /** Of mutations that wait for the locks of others. */
  readonly lockTurns?: Turns;
  /** How the rows of a mutation are written. Default auto. */
  readonly writeWay?: WriteWay;
  readonly progress: Progress;
  /** Aborted when no more is to be begun for the request; its reason is the error of what is not. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly log: Log;
}
