import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Place } from './place.ts';
import { writeFirst } from './write-once.ts';
import { isAlive } from './postmaster.ts';

/** Folder of the embedded PostgreSQL's data. */
export const dataOf = ({ home }: Place): string => join(home, 'postgres');

/** File of its one user's password. */
export const passwordOf = ({ home }: Place): string => join(home, 'password');

/** Makes the data and the password where there are none yet. */
export async function ensureData(place: Place): Promise<void> {
  if (existsSync(dataOf(place))) return;
  await removeAbandoned(place.home);
  const password = randomBytes(18).toString('hex');
  await writeFirst(passwordOf(place), password, place.account);
  await initialize(place);
}

/** The environment of PostgreSQL's programs, whatever ours is. */
export function programEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

/** Data and passwords of starts that were killed. */
async function removeAbandoned(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const pid = Number(/^(?:postgres|password)\.(\d+)(?:\.\w+)?$/.exec(name)?.[1]);
    if (!pid || (pid !== process.pid && isAlive(pid))) continue;
    await rm(join(home, name), { recursive: true, force: true });
  }
}

// Under a name of its own until it is whole: a start that is killed leaves nothing that looks like
// data, and of two at once one puts its own in place.
async function initialize(place: Place): Promise<void> {
  const { account, bin, home } = place;
  const fresh = `${dataOf(place)}.${process.pid}`;
  await promisify(execFile)(
    join(bin, 'initdb'),
    [
      `--pgdata=${fresh}`,
      '--username=postgres',
      `--pwfile=${passwordOf(place)}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ],
    { ...account, cwd: home, env: programEnvironment() },
  );
  await rename(fresh, dataOf(place)).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true });
    if (!existsSync(dataOf(place))) throw error;
  });
}
