import { randomUUID } from 'node:crypto';
import { schema } from '../../src/graphql/schema.ts';
import { startSoakDatabase } from '../soak/database.ts';
import { compileService, spawnService } from '../support/process.ts';
import { families, type RunSql, writeOutOfReach, writeWithinReach } from './blog.ts';
import { type Finding, runBurst } from './burst.ts';
import { makeCoverage, type Coverage } from './coverage.ts';
import { learnStock } from './learn.ts';
import { makePeople } from './people.ts';
import { memoryOf, watchHealth } from './watch.ts';

/** How long, and what is made. */
export type FuzzOptions = {
  readonly seconds: number;
  /** Of the first burst; each one has a seed of its own, which follows it. */
  readonly seed: number;
  /** Takes notice of a finding at once. */
  readonly onFinding: (finding: Finding) => void;
};

/** What fuzzing has found. */
export type FuzzReport = Pick<Coverage, 'mutations' | 'endings' | 'reached' | 'unreached'> & {
  readonly bursts: number;
  readonly findings: number;
  /** ms that /health took at most in a burst: the median of the bursts, and the most. */
  readonly health: { readonly median: number; readonly most: number };
  /** Of the service, in MB: after the first bursts, and the most after a burst. */
  readonly memory: { readonly first: number; readonly most: number };
};

const BURST = 200;

/** Short, so that what hangs is seen soon, and a heap that a leak fills soon. */
const settings = {
  HEAD_TIMEOUT: '3000',
  RECEIVE_TIMEOUT: '5000',
  REQUEST_TIMEOUT: '15000',
  SEND_TIMEOUT: '2000',
  TRANSACTION_TIMEOUT: '15000',
  LOG_LEVEL: 'error',
  MIGRATE_ON_START: 'false',
  NODE_OPTIONS: '--max-old-space-size=400',
};

/** What a request may take in all: to come, to run, to be sent, and to wait for its turn. */
const PATIENCE = 40_000;

/** Sends bursts of requests to the compiled service on a database of their own. */
export async function runFuzz({ seconds, seed, onFinding }: FuzzOptions): Promise<FuzzReport> {
  await compileService();
  const database = await startSoakDatabase();
  const AUTH_JWT_SECRET = randomUUID();
  const service = spawnService({ ...settings, AUTH_JWT_SECRET, DATABASE_URL: database.url });
  const coverage = makeCoverage(schema);
  const slowest: number[] = [];
  const memory: number[] = [];
  let findings = 0;
  const report = (finding: Finding) => {
    findings += 1;
    onFinding(finding);
  };
  try {
    const url = await service.url;
    const runSql: RunSql = (text) =>
      database.use(async (client) => (await client.query<object>(text)).rows);
    await writeOutOfReach(runSql);
    await writeWithinReach(runSql);
    const stock = await learnStock(url, schema, families);
    const people = await makePeople(AUTH_JWT_SECRET);
    const target = { url, schema, stock, runSql, coverage, people, patience: PATIENCE };
    const health = watchHealth(url);
    const until = Date.now() + seconds * 1_000;
    let logged = service.output().length;
    for (let burst = seed; Date.now() < until; burst += 1) {
      for (const finding of await runBurst(target, burst, BURST)) report(finding);
      const printed = service.output().slice(logged);
      logged += printed.length;
      if (printed !== '')
        report({ what: 'logged as an error', replay: `burst ${burst}: ${printed}` });
      slowest.push(health.slowest());
      memory.push(await memoryOf(service.pid ?? 0));
    }
    health.stop();
    service.kill('SIGTERM');
    const code = await service.exit;
    if (code !== 0) report({ what: `ended with ${code}`, replay: service.output().slice(logged) });
  } finally {
    service.kill('SIGKILL');
    await database.close();
  }
  const sorted = slowest.toSorted((a, b) => a - b);
  return {
    bursts: slowest.length,
    findings,
    mutations: coverage.mutations,
    endings: coverage.endings,
    reached: coverage.reached,
    unreached: coverage.unreached,
    health: { median: sorted[Math.floor(sorted.length / 2)] ?? 0, most: sorted.at(-1) ?? 0 },
    memory: { first: memory[0] ?? 0, most: Math.max(...memory) },
  };
}
