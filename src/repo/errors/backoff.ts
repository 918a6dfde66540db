import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, faultOf } from './database-fault.ts';

/**
 * Why a transaction runs again: what it read is not so any more, it is to wait for the locks of
 * others, it is to write one by one, or a fault of the database.
 */
export type RetryReason = 'staleRead' | 'locked' | 'oneByOne' | Fault;

/** How often something is retried that failed through no fault of its own. */
export const RETRIES = 6;

/** How long to wait before a retry, in ms: twice as long each time, with jitter. */
export function pause(failures: number): number {
  return (0.5 + Math.random() / 2) * Math.min(20 * 2 ** failures, 1_000);
}

/**
 * Reads, and retries if the connection was lost. Not for reads of a transaction, which is lost with
 * it.
 */
export async function retryOnConnectionLoss<T>(read: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await read();
    } catch (error) {
      if (faultOf(error) !== 'lost' || failures > RETRIES) throw error;
      await sleep(pause(failures));
    }
  }
}
