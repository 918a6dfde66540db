import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { root } from '../readme/readme.ts';
import { findPostgres } from '../support/debian.ts';
import { hasPgBouncer } from '../support/pgbouncer.ts';
import { compileService } from '../support/process.ts';

/* The tests of what is written, on databases as operators run them. */

beforeAll(compileService);

const mutations = ['test/mutation', 'test/laws'];
const stored = ['test/postgres', 'test/server/seed'];
const concurrent = ['many-clients', 'serial-order', 'locks', 'idempotency'].map(
  (name) => `test/e2e/${name}.test.ts`,
);

test.skipIf(!hasPgBouncer())('mutations hold through PgBouncer', () =>
  holds({ PGBOUNCER: 'true' }, mutations),
);

test.skipIf(!hasPgBouncer())('writers at once hold at two processes through PgBouncer', () =>
  holds({ PGBOUNCER: 'true', SERVICE: 'process' }, concurrent),
);

test.skipIf(findPostgres() === null)(
  'mutations, migrations and the seed hold on the PostgreSQL of Debian',
  () => holds({ POSTGRES: 'debian' }, [...mutations, ...stored]),
);

/** Runs tests as `npm test` does, under settings of test/support. */
async function holds(settings: object, files: readonly string[]): Promise<void> {
  const { PATH, HOME, REQUIRE_PROGRAMS } = process.env;
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const ran = promisify(execFile)(process.execPath, [vitest, 'run', ...files], {
    cwd: root,
    env: { PATH, HOME, REQUIRE_PROGRAMS, ...settings },
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  const { stdout } = await ran.catch((error: unknown) => {
    throw new Error(String(Object(error).stdout));
  });
  expect(stdout).toMatch(/Tests .*\d+ passed/);
}
