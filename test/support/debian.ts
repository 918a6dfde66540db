import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where a program of Debian is, for tests that need it: `/usr/bin/chromium`, in the package of its
 * own name unless another is given. Null where there is none, which a loud line says; under
 * .ci/run, which installs it, that is a failure.
 * @throws Error where it must be there and is not.
 */
export function findProgram(path: string, name = path.split('/').at(-1)): string | null {
  if (existsSync(path)) return path;
  const problem = `there is no ${path}: apt-get install ${name}`;
  if (process.env['REQUIRE_PROGRAMS'] !== undefined) throw new Error(problem);
  console.warn(`NOT TRIED: ${problem}`);
  return null;
}

/** The folder of the programs of Debian's PostgreSQL, of the newest version that is there. */
export function findPostgres(): string | null {
  const versions = '/usr/lib/postgresql';
  const found = existsSync(versions) ? readdirSync(versions) : [];
  const newest = found.toSorted((a, b) => Number(b) - Number(a))[0] ?? 'VERSION';
  const bin = join(versions, newest, 'bin');
  return findProgram(join(bin, 'postgres'), 'postgresql') && bin;
}
