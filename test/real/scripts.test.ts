import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { databaseUrl } from '../support/database-url.ts';
import { tsx } from '../support/tsx.ts';

const server = inject('postgres').url;
const nowhere = databaseUrl(server, 'nowhere');

/** Runs a script as `npm run` does, with these settings alone. */
function run(script: string, settings: Readonly<Record<string, string>>) {
  return promisify(execFile)(process.execPath, [...tsx, ...script.split(' ')], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH: process.env['PATH'], ...settings },
  });
}

test.each([
  ['a reset in production', { NODE_ENV: 'production' }, 'not with NODE_ENV=production'],
  ['a wrong setting', { PORT: 'abc' }, 'PORT must be a whole number'],
  ['a database that is not there', { DATABASE_URL: nowhere }, 'database "nowhere" does not exist'],
  [
    'a password that is missing',
    { DATABASE_URL: server.replace(/:\w+@/, '@') },
    'it asks for a password, and DATABASE_URL has none',
  ],
])('npm run seed ends with one line on %s', async (_what, settings, line) => {
  await expect(run('prisma/seed.ts --reset', settings)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(new RegExp(`^cannot seed: .*${line}.*\n$`)),
  });
});

test('npm run migrate applies what is missing, says so and ends', async () => {
  const name = `scripts_${process.pid}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  const migrate = async (url: string) =>
    (await run('src/server/migrate.ts', { DATABASE_URL: url })).stdout;
  const url = databaseUrl(server, name);
  try {
    expect(await migrate(url)).toContain('applied: 20261123000000_init\n');
    expect(await migrate(url)).toBe('nothing to do: all are applied\n');
    await expect(migrate(nowhere)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^cannot migrate: .* does not exist\n$/),
    });
    await expect(migrate(`${url}?pgbouncer=true`)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^cannot migrate: .* set DIRECT_URL/),
    });
  } finally {
    await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await client.end();
  }
});

test.each([
  ['no name', '', 'usage: npm run token'],
  ['a time that is none', '--sub ann --expires soon', '--expires is a time'],
  ['an option that it has not', '--sub ann --expire 1h', "Unknown option '--expire'"],
])('npm run token says what is wrong with %s', async (_what, args, line) => {
  const settings = { AUTH_JWT_SECRET: 'a secret of 32 characters or more' };
  await expect(run(`scripts/token.ts ${args}`.trim(), settings)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(new RegExp(`^${line}`)),
  });
});
