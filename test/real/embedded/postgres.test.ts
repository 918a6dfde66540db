import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/server/embedded/embedded-postgres.ts';

test('a start outlives the end of the session that asks whether the server is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-'));
  const { prototype } = pg.Client;
  const connect = Reflect.get(prototype, 'connect');
  let ended = 0;
  Reflect.set(prototype, 'connect', async function (this: pg.Client) {
    await Reflect.apply(connect, this, []);
    if (ended > 0) return;
    ended += 1;
    const end = 'SELECT pg_terminate_backend(pg_backend_pid())';
    const gone = new Promise((resolve) => void this.once('end', resolve));
    await this.query(end).catch(() => undefined);
    await gone;
  });
  const server = await startEmbeddedPostgres({ folder });
  Reflect.set(prototype, 'connect', connect);
  try {
    expect(ended).toBe(1);
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.end();
  } finally {
    await server.stop();
    await rm(server.home, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
});
