import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { Database } from './open-database.ts';
import type { Logger } from '../logger.ts';
import { formatError } from '../format-error.ts';

/** Whether a service can do its work. */
export type Readiness = {
  /**
   * Asks the database, once for all who ask at the same time: it must answer, and hold every table.
   */
  readonly isReady: () => Promise<boolean>;
  /** From now on it is not ready, whatever the database says. */
  readonly end: () => void;
};

/**
 * Makes the readiness of a service that needs these tables. A change for the worse is logged, with
 * the reason.
 */
export function makeReadiness(
  { client, schema }: Pick<Database, 'client' | 'schema'>,
  tables: readonly string[],
  log: Logger,
): Readiness {
  let isEnding = false;
  let asking: Promise<string | null> | undefined;
  let last: string | null = null;
  return {
    async isReady() {
      if (isEnding) return false;
      asking ??= problemOf(client, schema, tables).finally(() => {
        asking = undefined;
      });
      const problem = await asking;
      if (problem !== null && problem !== last) {
        log.warn({ problem }, 'the service is not ready');
      }
      last = problem;
      return problem === null;
    },

    end() {
      isEnding = true;
    },
  };
}

const ANSWER_TIMEOUT = 2_000;

async function problemOf(
  client: Client,
  schema: string,
  tables: readonly string[],
): Promise<string | null> {
  const asked = client.$queryRaw<{ name: string }[]>`
    SELECT name FROM unnest(${tables}::text[]) AS name
    WHERE to_regclass(format('%I.%I', ${schema}::text, name)) IS NULL`;
  const answer = asked.then(
    (missing) =>
      missing.length === 0
        ? null
        : `tables are missing: ${missing.map(({ name }) => name).join(', ')}`,
    formatError,
  );
  const silence = 'the database does not answer in time';
  return Promise.race([answer, sleep(ANSWER_TIMEOUT, silence, { ref: false })]);
}
