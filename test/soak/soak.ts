import type { WriteWay } from '../../src/repo/write/write-way.ts';
import { type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts';
import { compileService, type ServiceProcess, spawnService } from '../support/process.ts';
import { compare } from './compare.ts';
import { type SoakDatabase, startSoakDatabase } from './database.ts';
import { disturb, type Disturbances } from './disturb.ts';
import { readJournal, readRows, startJournal } from './journal.ts';
import { makeRandom } from './random.ts';
import type { World } from './requests.ts';
import { nameOf, runWriter, type Sent } from './writer.ts';

/** How long and how hard a soak is. */
export type SoakOptions = {
  readonly seconds: number;
  readonly seed: number;
  readonly writers: number;
  /** ms between two database sessions that are killed; 0: none is. */
  readonly killEvery: number;
  /** How the services write. Default as they are set up. */
  readonly writeWay?: WriteWay;
  /** Whether the services reach their database through PgBouncer. */
  readonly pgbouncer?: boolean;
};

/** What a soak has found. */
export type SoakReport = {
  readonly requests: number;
  /** By kind of answer, the refusals and those without an answer among them. */
  readonly endings: Readonly<Record<string, number>>;
  /** Share of the requests whose answer says what became of them. */
  readonly acknowledged: number;
  /** Of the requests without an answer: those whose write was found. */
  readonly unknownKept: number;
  readonly rows: number;
  /** ms until half of the requests, and until the slowest one, had ended. */
  readonly took: { readonly median: number; readonly most: number };
  readonly deadlocks: number;
  readonly disturbances: Disturbances;
  /** Every way in which what is stored is not what was acknowledged. */
  readonly differences: readonly string[];
};

const SERVICES = 2;

/**
 * Runs writers against two services on a database of their own, disturbs all of them, and compares
 * what is stored.
 */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  await compileService();
  const database = await startSoakDatabase();
  const services: ServiceProcess[] = [];
  let pgbouncer: PgBouncer | undefined;
  try {
    if (options.pgbouncer)
      pgbouncer = await startPgBouncer(database.url, { poolSize: CONNECTIONS });
    const address = pgbouncer?.pooled(database.url) ?? database.url;
    const start = () => startOne(database, address, options);
    await database.use(seedRows);
    const before = await database.use(readRows);
    await database.use(startJournal);
    for (let i = 0; i < SERVICES; i += 1) services.push(start());
    const urls = new Map<ServiceProcess, string>();
    for (const service of services) urls.set(service, await service.url);

    const random = makeRandom(options.seed);
    const replaceService = async () => {
      const [victim] = services;
      if (!victim) return;
      victim.kill('SIGKILL');
      services.shift();
      // Its first session may be ended too: then it does not start, and is started again.
      for (let tries = 1, isUp = false; !isUp; tries += 1) {
        const next = start();
        services.push(next);
        isUp = await next.url.then(
          (url) => urls.set(next, url).has(next),
          (error: unknown) => {
            services.pop();
            if (tries === MAX_STARTS) throw error;
            return false;
          },
        );
      }
      urls.delete(victim);
    };
    const until = Date.now() + options.seconds * 1_000;
    const world = await database.use(readWorld);
    const writers = Array.from({ length: options.writers }, (_, i) =>
      runWriter({
        name: `w${i}`,
        random: makeRandom(options.seed + i + 1),
        world,
        urls: () => [...urls.values()],
        until,
      }),
    );
    const disturbing = disturb({
      ...options,
      database,
      random,
      replaceService,
    });
    const sent = (await Promise.all(writers)).flat();
    const disturbances = await disturbing;
    for (const service of services) service.kill('SIGTERM');
    await Promise.all(services.map(({ exit }) => exit));

    const after = await database.use(readRows);
    const journal = await database.use(readJournal);
    const compared = compare({ before, after, journal, sent });
    return {
      ...summarize(sent),
      ...compared,
      rows: after.size,
      deadlocks: await database.deadlocks(),
      disturbances,
    };
  } finally {
    for (const service of services) service.kill('SIGKILL');
    await pgbouncer?.stop();
    await database.close();
  }
}

const MAX_STARTS = 5;

// Fewer than the services have of the pooler.
const CONNECTIONS = 12;

function startOne(
  { url }: SoakDatabase,
  address: string,
  { writeWay }: SoakOptions,
): ServiceProcess {
  return spawnService({
    DATABASE_URL: address,
    DIRECT_URL: url,
    LOG_LEVEL: 'error',
    MIGRATE_ON_START: 'false',
    POOL_SIZE: '8',
    POOL_TIMEOUT: '3000',
    LOCK_TIMEOUT: '3000',
    TRANSACTION_TIMEOUT: '8000',
    ...(writeWay && { WRITE_WAY: writeWay }),
  });
}

type Queryable = { query: (text: string) => Promise<{ rows: unknown[] }> };

async function seedRows(client: Queryable): Promise<void> {
  await client.query(`
    INSERT INTO authors (name) SELECT 'author ' || i FROM generate_series(1, 4) AS i;
    INSERT INTO posts (title, author_id) SELECT 'post ' || i, 1 + i % 4 FROM generate_series(1, 10) AS i;
    INSERT INTO comments (body, post_id) SELECT 'comment ' || i, 1 + i % 10 FROM generate_series(1, 40) AS i;
    INSERT INTO tags (name) SELECT 'tag ' || i FROM generate_series(0, 4) AS i`);
}

async function readWorld(client: Queryable): Promise<World> {
  const idsOf = async (table: string) => {
    const { rows } = await client.query(`SELECT id::text FROM ${table}`);
    return new Set((rows as { id: string }[]).map(({ id }) => id));
  };
  return {
    authors: await idsOf('authors'),
    posts: await idsOf('posts'),
    comments: await idsOf('comments'),
  };
}

function summarize(sent: readonly Sent[]) {
  const endings: Record<string, number> = {};
  for (const { ending } of sent) {
    const name = nameOf(ending);
    endings[name] = (endings[name] ?? 0) + 1;
  }
  const answered = sent.filter(({ ending }) => ending.kind === 'answered');
  const times = sent.map(({ took }) => took).toSorted((a, b) => a - b);
  return {
    requests: sent.length,
    endings,
    acknowledged: answered.length / Math.max(sent.length, 1),
    took: {
      median: times[Math.floor(times.length / 2)] ?? 0,
      most: times.at(-1) ?? 0,
    },
  };
}
