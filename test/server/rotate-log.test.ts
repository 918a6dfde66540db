import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rotateLog } from '../../src/server/embedded/rotate-log.ts';

test('a log that has become too long begins anew; the one before it is kept, and whoever writes goes on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  const file = join(folder, 'postgres.log');
  const log = await open(file, 'a');
  try {
    for (const line of ['first\n', 'second\n', 'third\n']) {
      await log.write(line);
      await rotateLog(file, 6);
    }
    expect(await readFile(file, 'utf8')).toBe('third\n');
    expect(await readFile(`${file}.1`, 'utf8')).toBe('first\nsecond\n');
    expect(await readdir(folder)).toHaveLength(2);
  } finally {
    await log.close();
    await rm(folder, { recursive: true });
  }
});
