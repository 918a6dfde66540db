import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { compileService, killServices, spawnService } from '../support/process.ts';
import { post } from '../support/service.ts';

beforeAll(compileService);
afterEach(killServices);

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

    await promisify(execFile)('cp', ['-a', folder, copy]);
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
