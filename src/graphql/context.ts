import type { Channel, TransactionClient, Turns, WriteWay } from 'prisma-assoc';
import type { BlogContext } from '../blog/policy.ts';
import type { MutationLimits, RetryReason } from 'prisma-assoc/mutation';

/** What the service logs with: fields first, then the message, as pino. */
interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** How far a request has come, and what it has done. */
export interface Progress {
  /** Whether a mutation of it has been kept. */
  written: boolean;
  /** The name of the first refusal that its mutations were answered with. */
  refusal: string | null;
  /** What a mutation of it had too much of. */
  limit: string | null;
  /** What was written, by action. */
  readonly operations: Map<string, number>;
  /** How often its transactions ran again, by why. */
  readonly retries: Map<RetryReason, number>;
}

/** What every resolver of one request is given; each request has one of its own. */
export interface Context extends BlogContext {
  readonly client: TransactionClient;
  readonly limits?: MutationLimits;
  /** Of mutations that wait for the locks of others. */
  readonly lockTurns?: Turns;
  /** How the rows of a mutation are written. Default auto. */
  readonly writeWay?: WriteWay;
  /** Over which the processes of the service tell each other of writes. Default none. */
  readonly channel?: Channel;
  readonly progress: Progress;
  /** Aborted when no more is to be begun for the request; its reason is the error of what is not. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly log: Log;
}

/** Makes the progress of a request that has done nothing yet. */
export function makeProgress(): Progress {
  return { written: false, refusal: null, limit: null, operations: new Map(), retries: new Map() };
}

/** Counts one more of its name. */
export function countOne<Name>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
