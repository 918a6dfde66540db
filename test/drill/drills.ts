import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SignJWT } from 'jose';
import pg from 'pg';
import { databaseUrl } from '../support/database-url.ts';
import { makeProxy } from '../support/proxy.ts';
import { tsx } from '../support/tsx.ts';
import { diskFull } from './disk-full.ts';
import { type Drill, statusOf, stored, until, whilePostsWait, write } from './drill.ts';

const OK = 'CreatePostSuccess';

const restarted: Drill = {
  name: 'the database is restarted',
  expected: [`before: ${OK}`, 'then: /health 200', `after: ${OK}`, 'stored: restart 1, restart 2'],
  async run({ database, start }) {
    const { url } = await start(database.url);
    const before = await write(url, { title: 'restart 1' });
    await database.restart();
    const health = await statusOf(url, '/health');
    await until(async () => (await statusOf(url, '/ready')) === 200);
    const after = await write(url, { title: 'restart 2' });
    return [
      `before: ${before}`,
      `then: /health ${health}`,
      `after: ${after}`,
      await stored(database, 'restart'),
    ];
  },
};

const cut: Drill = {
  name: 'the network to the database is cut',
  expected: [
    `before: ${OK}`,
    'cut: UNAVAILABLE, /ready 503, /health 200',
    `after: ${OK}`,
    'stored: cut 1, cut 3',
  ],
  async run({ database, start }) {
    const proxy = makeProxy(database);
    await proxy.listen();
    try {
      const { url } = await start(proxy.url);
      const before = await write(url, { title: 'cut 1' });
      proxy.open = false;
      proxy.cutAll();
      const during = await write(url, { title: 'cut 2' });
      const ready = await statusOf(url, '/ready');
      const health = await statusOf(url, '/health');
      proxy.open = true;
      await until(async () => (await statusOf(url, '/ready')) === 200);
      const after = await write(url, { title: 'cut 3' });
      return [
        `before: ${before}`,
        `cut: ${during}, /ready ${ready}, /health ${health}`,
        `after: ${after}`,
        await stored(database, 'cut'),
      ];
    } finally {
      proxy.close();
    }
  },
};

const slow: Drill = {
  name: 'the network to the database is slow, then loses everything',
  expected: [
    `20 ms each way: ${OK}`,
    'lost: an error in time',
    `after: ${OK}`,
    'stored: slow 1, slow 3',
  ],
  async run({ database, start }) {
    const proxy = makeProxy(database);
    await proxy.listen();
    try {
      const settings = { TRANSACTION_TIMEOUT: '10000', LIVE: 'false' };
      const { url } = await start(proxy.url, settings);
      proxy.toDatabase = () => 20;
      proxy.toService = () => 20;
      const delayed = await write(url, { title: 'slow 1' });
      proxy.toDatabase = () => 'swallow';
      proxy.toService = () => 'swallow';
      const lost = await write(url, { title: 'slow 2' });
      proxy.toDatabase = () => 'pass';
      proxy.toService = () => 'pass';
      await until(async () => (await write(url, { title: 'slow 3', key: 'slow' })) === OK);
      const after = await write(url, { title: 'slow 3', key: 'slow' });
      return [
        `20 ms each way: ${delayed}`,
        `lost: ${/^(TIMEOUT|UNAVAILABLE)$/.test(lost) ? 'an error in time' : lost}`,
        `after: ${after}`,
        await stored(database, 'slow'),
      ];
    } finally {
      proxy.close();
    }
  },
};

const killed: Drill = {
  name: 'a process is killed in the middle of a write',
  expected: ['the write: no answer', 'stored: nothing', `again: ${OK}, ${OK}`, 'stored: killed'],
  async run({ database, start }) {
    const written = { title: 'killed', key: 'killed' };
    const { url, kill } = await start(database.url);
    const ending = await whilePostsWait(database, async (waits) => {
      const answer = write(url, written);
      await waits();
      kill('SIGKILL');
      return answer;
    });
    const between = await stored(database, 'killed');
    const { url: next } = await start(database.url);
    const again = [await write(next, written), await write(next, written)];
    return [
      `the write: ${ending}`,
      between,
      `again: ${again.join(', ')}`,
      await stored(database, 'killed'),
    ];
  },
};

const stopped: Drill = {
  name: 'a process is stopped in the middle of a write (SIGSTOP), and goes on',
  expected: [
    'while it is stopped: no answer',
    `another process: ${OK}`,
    `once it goes on: ${OK}`,
    'stored: stopped 1, stopped 2',
  ],
  async run({ database, start }) {
    const { url, kill } = await start(database.url);
    const other = await start(database.url);
    const { answer } = await whilePostsWait(database, async (waits) => {
      const sent = write(url, { title: 'stopped 1' });
      await waits();
      kill('SIGSTOP');
      return { answer: sent };
    });
    const beside = await write(other.url, { title: 'stopped 2' });
    const early = await Promise.race([answer, sleep(500, 'no answer')]);
    kill('SIGCONT');
    return [
      `while it is stopped: ${early}`,
      `another process: ${beside}`,
      `once it goes on: ${await answer}`,
      await stored(database, 'stopped'),
    ];
  },
};

const migratedTwice: Drill = {
  name: 'migrations are started twice at once',
  expected: ['one applied them, the other had nothing to do', 'each is recorded once'],
  async run({ database }) {
    await database.use((client) => client.query('CREATE DATABASE migrated_twice'));
    const url = databaseUrl(database.url, 'migrated_twice');
    const migrate = async () => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [...tsx, 'src/server/migrate.ts'],
        {
          cwd: join(import.meta.dirname, '../..'),
          env: { PATH: process.env['PATH'], DATABASE_URL: url },
        },
      );
      return stdout.startsWith('applied: ') ? 'one applied them' : 'the other had nothing to do';
    };
    const endings = await Promise.all([migrate(), migrate()]);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rowCount } = await client.query(
      'SELECT FROM _prisma_migrations GROUP BY migration_name HAVING count(finished_at) <> 1',
    );
    await client.end();
    return [
      endings.toSorted().join(', '),
      rowCount === 0 ? 'each is recorded once' : `${rowCount} are not recorded once`,
    ];
  },
};

const SECRET = 'a secret of at least thirty-two bytes';
const HOUR = 3_600_000;

const clockMoved: Drill = {
  name: 'the clock of a process is moved by two hours',
  expected: [
    `a token of one hour, by the right clock: ${OK}; ahead: UNAUTHENTICATED; behind: ${OK}`,
    `a key that is kept for an hour, sent again ahead: ${OK}`,
    'stored: clock behind, clock right',
  ],
  async run({ database, start }) {
    const settings = { AUTH_JWT_SECRET: SECRET, IDEMPOTENCY_TTL: `${HOUR}` };
    const urlOf = async (shift: number) =>
      (await start(database.url, { ...settings, NODE_OPTIONS: moved(shift) })).url;
    const [right, ahead, behind] = [await urlOf(0), await urlOf(2 * HOUR), await urlOf(-2 * HOUR)];
    const token = await tokenOf('1h');
    const written = { title: 'clock right', key: 'clock', token };
    const first = await write(right, written);
    const late = await write(ahead, { title: 'clock ahead', token });
    const early = await write(behind, { title: 'clock behind', token });
    const again = await write(ahead, { ...written, token: await tokenOf('4h') });
    return [
      `a token of one hour, by the right clock: ${first}; ahead: ${late}; behind: ${early}`,
      `a key that is kept for an hour, sent again ahead: ${again}`,
      await stored(database, 'clock'),
    ];
  },
};

/** Makes Node begin with another clock; no right of the system's is needed. */
function moved(shift: number): string {
  const script = `
    const { now } = Date;
    globalThis.Date = class extends Date {
      constructor(...args) { super(...(args.length === 0 ? [now() + ${shift}] : args)); }
      static now() { return now() + ${shift}; }
    };`;
  return `--import=data:text/javascript,${encodeURIComponent(script)}`;
}

function tokenOf(lifetime: string): Promise<string> {
  return new SignJWT({ scope: 'admin' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('ann')
    .setExpirationTime(lifetime)
    .sign(new TextEncoder().encode(SECRET));
}

/** All drills, in the order in which they are run. */
export const drills: readonly Drill[] = [
  restarted,
  cut,
  slow,
  killed,
  stopped,
  migratedTwice,
  clockMoved,
  diskFull,
];
