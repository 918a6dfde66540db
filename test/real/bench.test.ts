import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { compileService } from '../support/process.ts';

const run = promisify(execFile);

/* Of the compiled library and service, as `npm run bench`. */
beforeAll(compileService);

const bench = ['--import', 'tsx', 'bench/main.ts', '--quick'];

test('every contender of the bench does its work, in process and over HTTP', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-figures-'));
  try {
    const json = join(folder, 'figures.json');
    const args = [...bench, '--only', 'comments', '--json', json];
    const { stdout } = await run(process.execPath, args);
    expect(stdout).toContain('| create a post with 50 comments, 10 tags');
    const { works, http } = JSON.parse(await readFile(json, 'utf8')) as Record<string, object[]>;
    expect(works?.length).toBeGreaterThan(2);
    expect(http).toHaveLength(2);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('one, two and four processes of the service are measured on one database', async () => {
  const { stdout } = await run(process.execPath, [...bench, '--processes']);
  const figures = [...stdout.matchAll(/^\| (\d) +\| (\d+) +\| (\d+) +\|$/gm)];
  expect(figures.map(([, processes]) => processes)).toEqual(['1', '2', '4']);
});
