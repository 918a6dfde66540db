import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { tryConnection } from '../../../src/postgres/connection.ts';
import { keepEmbeddedPostgres } from '../../../src/server/embedded/embedded-keeper.ts';
import { makeLogger } from '../../../src/server/logger.ts';
import { isAlive } from '../../../src/server/embedded/postmaster.ts';

test('a server that ends by itself is started again at the same address, until it is stopped', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-'));
  const lines: string[] = [];
  const log = makeLogger('info', (line) => lines.push(line));
  const server = await keepEmbeddedPostgres({ folder }, log);
  const postmaster = async () => {
    const file = join(server.home, 'postgres/postmaster.pid');
    return Number((await readFile(file, 'utf8')).split('\n')[0]);
  };
  try {
    const first = await postmaster();
    process.kill(first, 'SIGKILL');
    while (isAlive(first)) await sleep(20);
    while (!(await answers(server.url))) await sleep(20);
    const second = await postmaster();
    expect(second).not.toBe(first);
    await server.stop();
    expect(isAlive(second)).toBe(false);
    await expect(answers(server.url)).resolves.toBe(false);
    const levels = lines.map((line) => JSON.parse(line).level);
    expect(levels.at(0)).toBe('error');
    expect(levels.at(-1)).toBe('info');
  } finally {
    await server.stop();
    await rm(server.home, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
});

test('a server that is stopped while it is started again stays away', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-'));
  const server = await keepEmbeddedPostgres(
    { folder },
    makeLogger('silent', () => {}),
  );
  const file = join(server.home, 'postgres/postmaster.pid');
  const first = Number((await readFile(file, 'utf8')).split('\n')[0]);
  process.kill(first, 'SIGKILL');
  while (isAlive(first)) await sleep(20);
  await server.stop();
  await expect(answers(server.url)).resolves.toBe(false);
  await rm(server.home, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

async function answers(url: string): Promise<boolean> {
  return tryConnection({ url }).then(
    () => true,
    () => false,
  );
}
