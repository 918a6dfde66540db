import { existsSync } from 'node:fs';

/**
 * Where a program of Debian is, for tests that need it: `/usr/bin/chromium`. Null where there is
 * none, which a loud line says; under .ci/run, which installs it, that is a failure.
 * @throws Error where it must be there and is not.
 */
export function findProgram(path: string): string | null {
  if (existsSync(path)) return path;
  const problem = `there is no ${path}: apt-get install ${path.split('/').at(-1)}`;
  if (process.env['REQUIRE_PROGRAMS'] !== undefined) throw new Error(problem);
  console.warn(`NOT TRIED: ${problem}`);
  return null;
}
