import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { SoakDatabase } from '../soak/database.ts';
import { type RunningService, startProcess } from '../support/process.ts';

/** Something that goes wrong in operation. */
export type Drill = {
  readonly name: string;
  /** What is to be seen, in order. */
  readonly expected: readonly string[];
  /** Does it and says what was seen, or why it cannot be done on this machine. */
  readonly run: (world: DrillWorld) => Promise<readonly string[] | { readonly skipped: string }>;
};

/** What a drill has: a database that all share, and services of its own. */
export type DrillWorld = {
  readonly database: SoakDatabase;
  /** Starts a service; it is up once this resolves. */
  readonly start: (
    url: string,
    settings?: Readonly<Record<string, string>>,
  ) => Promise<RunningService>;
};

/** What came of a drill. */
export type Outcome = {
  readonly name: string;
  readonly expected: readonly string[];
  readonly seen: readonly string[];
  readonly skipped: string | null;
};

/** Runs one drill; its services are killed at its end. */
export async function runDrill(drill: Drill, database: SoakDatabase): Promise<Outcome> {
  const services: RunningService[] = [];
  const start: DrillWorld['start'] = async (url, settings = {}) => {
    const service = await startProcess({
      DATABASE_URL: url,
      LOG_LEVEL: 'fatal',
      MIGRATE_ON_START: 'false',
      // A slow machine may take its time.
      LOCK_TIMEOUT: '30000',
      STATEMENT_TIMEOUT: '30000',
      TRANSACTION_TIMEOUT: '60000',
      REQUEST_TIMEOUT: '60000',
      ...settings,
    });
    services.push(service);
    return service;
  };
  const { name, expected } = drill;
  try {
    const seen = await drill.run({ database, start });
    if ('skipped' in seen) return { name, expected, seen: [], skipped: seen.skipped };
    return { name, expected, seen, skipped: null };
  } catch (error) {
    return { name, expected, seen: [String(error)], skipped: null };
  } finally {
    for (const service of services) service.kill('SIGKILL');
    await Promise.all(services.map(({ exit }) => exit));
  }
}

/** The post that a request makes; under a key, or as somebody, if that is said. */
export type Written = {
  readonly title: string;
  readonly body?: string;
  readonly key?: string;
  readonly token?: string;
};

/** Makes a post; gives the name of the result, the code of the error, or `no answer`. */
export async function write(url: string, { title, body, key, token }: Written): Promise<string> {
  const query = `mutation ($input: CreatePostInput!, $options: WriteOptions) {
    createPost(input: $input, options: $options) { __typename }
  }`;
  const input = { title, ...(body !== undefined && { body }) };
  const variables = { input, options: key === undefined ? null : { idempotencyKey: key } };
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        connection: 'close',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    return errors?.[0].extensions.code ?? data.createPost.__typename;
  } catch {
    return 'no answer';
  }
}

/** The status of a path. */
export async function statusOf(url: string, path: string): Promise<number> {
  const response = await fetch(`${url}${path}`, { headers: { connection: 'close' } });
  await response.body?.cancel();
  return response.status;
}

/** Waits until something holds; a slow machine may take its time. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('what is waited for does not come');
    await sleep(50);
  }
}

/** The titles of the stored posts that begin with a text. */
export function stored(database: Pick<SoakDatabase, 'use'>, begin: string): Promise<string> {
  return database.use(async (client) => {
    const { rows } = await client.query<{ title: string }>(
      'SELECT title FROM posts WHERE starts_with(title, $1) ORDER BY title',
      [begin],
    );
    return `stored: ${rows.map(({ title }) => title).join(', ') || 'nothing'}`;
  });
}

/** Runs a task while writes of posts have to wait; `waits` resolves once one does. */
export function whilePostsWait<T>(
  database: SoakDatabase,
  task: (waits: () => Promise<void>, client: pg.Client) => Promise<T>,
): Promise<T> {
  return database.use(async (client) => {
    await client.query('BEGIN; LOCK TABLE posts IN EXCLUSIVE MODE');
    const waiting = `SELECT FROM pg_locks WHERE relation = 'posts'::regclass AND NOT granted`;
    const waits = () => until(async () => (await client.query(waiting)).rowCount !== 0);
    return task(waits, client);
  });
}
