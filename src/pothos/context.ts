import { models } from '../blog/domain.ts';
import { type MutationLimits, standardMutationLimits } from '../mutation/mutate.ts';
import type { Models } from '../model/model.ts';
import type { Client } from '../postgres/adapter.ts';
import { type Loaders, makeLoaders } from '../repo/read/loaders.ts';

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

/** What every resolver of one request is given. */
export interface Context {
  readonly client: Client;
  /** The request's own; a write clears them. */
  readonly loaders: Loaders;
  readonly models: Models;
  readonly limits: MutationLimits;
  readonly progress: Progress;
  /**
   * Aborted when no more is to be begun for the request; its reason is the error of what is not.
   */
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly log: Log;
}

/** Makes the context of one request. */
export function makeContext(
  request: Pick<Context, 'client' | 'requestId' | 'log'> &
    Partial<Pick<Context, 'limits' | 'progress' | 'signal'>>,
): Context {
  const { signal = new AbortController().signal } = request;
  const loaders = makeLoaders(request.client, { patient: true, signal });
  const standard = {
    limits: standardMutationLimits,
    progress: { written: false },
    signal,
  };
  return { ...standard, ...request, models, loaders };
}
