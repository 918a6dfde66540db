import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { blocks } from '../readme/readme.ts';
import { databaseUrl, onServer } from '../support/database-url.ts';
import { findPostgres } from '../support/debian.ts';
import { startDebianPostgres } from '../support/debian-postgres.ts';
import { compileService, killServices, spawnService } from '../support/process.ts';
import { post } from '../support/service.ts';

beforeAll(compileService);
afterEach(killServices);

const bin = findPostgres();
const run = promisify(execFile);

test('a copy of the embedded data is the service that it was, where the data themselves are lost', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'service-'));
  const copy = `${folder}-copy`;
  try {
    const first = spawnService({ DATA_FOLDER: folder });
    const write = 'mutation { updatePost(id: 7, input: { title: "Kept" }) { __typename } }';
    const written = await post<unknown>(await first.url, write);
    expect(written.data).toEqual({ updatePost: { __typename: 'UpdatePostSuccess' } });
    first.kill('SIGTERM');
    expect(await first.exit).toBe(0);

    await run('cp', ['-a', folder, copy]);
    await rm(folder, { recursive: true });

    const second = spawnService({ DATA_FOLDER: copy });
    const read = '{ post(id: 7) { title comments { id } } }';
    expect((await post<unknown>(await second.url, read)).data).toEqual({
      post: { title: 'Kept', comments: [{ id: '10' }, { id: '11' }, { id: '12' }] },
    });
    second.kill('SIGTERM');
    expect(await second.exit).toBe(0);
  } finally {
    killServices();
    await rm(folder, { recursive: true, force: true });
    await rm(copy, { recursive: true, force: true });
  }
});

test.skipIf(bin === null)(
  'what pg_dump has saved while the service ran is put back by pg_restore',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dump-'));
    const server = await startDebianPostgres({ folder: join(folder, 'server') });
    const url = databaseUrl(server.url, 'blog');
    const [commands] = blocks('Deploy it').filter(({ text }) => text.startsWith('pg_dump'));
    const [dump = '', restore = ''] = commands?.text.split('\n') ?? [];
    const sh = (command: string) =>
      run('sh', ['-c', command], {
        cwd: folder,
        env: { PATH: `${bin}:${process.env['PATH']}`, DATABASE_URL: url },
      });
    const settings = { DATABASE_URL: url };
    const create = 'mutation { createPost(input: { title: "Kept" }) { __typename } }';
    const read = '{ posts { edges { node { id title } } } }';
    try {
      await onServer(server.url, 'CREATE DATABASE blog');
      const first = spawnService(settings);
      await post(await first.url, create);
      const { data } = await post<unknown>(await first.url, read);
      await sh(dump);
      first.kill('SIGTERM');
      expect(await first.exit).toBe(0);

      await onServer(url, `UPDATE posts SET title = 'Lost'; DROP TABLE comments`);
      await sh(restore);

      const second = spawnService(settings);
      expect(await post<unknown>(await second.url, read)).toMatchObject({ data });
      const { data: next } = await post<unknown>(await second.url, create);
      expect(next).toEqual({ createPost: { __typename: 'CreatePostSuccess' } });
      second.kill('SIGTERM');
      expect(await second.exit).toBe(0);
    } finally {
      killServices();
      await server.stop();
      await rm(server.home, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    }
  },
);
