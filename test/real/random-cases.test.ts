import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../readme/readme.ts';

/* What `npm test` tries in few random cases holds in more of them. */

test.each(['test/laws', 'test/repo', 'test/graphql', 'test/mutation/any-request'])(
  '%s',
  async (part) => {
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', part];
    // What this runner sets is not for another.
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, TIMES: '8' };
    const { stdout } = await promisify(execFile)(process.execPath, vitest, { cwd: root, env });
    expect(stdout).toMatch(/Test Files .*passed/);
  },
);
