import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programEnvironment } from '../../src/server/embedded/data.ts';
import type {
  EmbeddedOptions,
  EmbeddedPostgres,
} from '../../src/server/embedded/embedded-postgres.ts';
import { findPlace } from '../../src/server/embedded/place.ts';
import { writeFirst } from '../../src/server/embedded/write-once.ts';
import { findPostgres } from './debian.ts';
import { freePort } from './free-port.ts';

/** Starts Debian's PostgreSQL, which is another version than the embedded one, with data of its own. */
export async function startDebianPostgres({
  folder,
  settings = {},
}: EmbeddedOptions): Promise<Omit<EmbeddedPostgres, 'ended'>> {
  const bin = findPostgres();
  if (bin === null) throw new Error('there is no PostgreSQL of Debian');
  const { account, home } = await findPlace(folder);
  const data = join(home, 'postgres');
  const log = join(home, 'postgres.log');
  const run = (program: string, ...args: string[]) =>
    promisify(execFile)(join(bin, program), [`--pgdata=${data}`, ...args], {
      ...account,
      cwd: home,
      env: programEnvironment(),
    });
  const password = randomBytes(18).toString('hex');
  const file = join(home, 'password');
  await writeFirst(file, password, account);
  await run(
    'initdb',
    '--username=postgres',
    `--pwfile=${file}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
  );
  const port = await freePort();
  const lines = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: `${port}`,
    ...settings,
  }).map(([name, value]) => `${name} = '${value}'\n`);
  await appendFile(join(data, 'postgresql.conf'), lines.join(''));
  await run('pg_ctl', `--log=${log}`, '--timeout=300', 'start');
  return {
    url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    home,
    log,
    async stop() {
      await run('pg_ctl', '--mode=fast', '--timeout=300', 'stop');
    },
  };
}
