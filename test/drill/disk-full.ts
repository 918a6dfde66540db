import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunningService } from '../support/process.ts';
import { type Drill, statusOf, until, write } from './drill.ts';

const run = promisify(execFile);
const OK = 'CreatePostSuccess';

/** The embedded PostgreSQL on a small disk of its own, which is mounted where that is allowed. */
export const diskFull: Drill = {
  name: 'the disk of the embedded data is full',
  expected: [
    `before: ${OK}`,
    'full: UNAVAILABLE, /health 200',
    `with room again: ${OK}`,
    'stored before: is there',
  ],
  async run({ start }) {
    const disk = await mkdtemp(join(tmpdir(), 'disk-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=755', 'tmpfs', disk]);
    } catch {
      await rm(disk, { recursive: true });
      return { skipped: 'a small disk cannot be mounted here' };
    }
    let service: RunningService | undefined;
    try {
      service = await start('', { DATA_FOLDER: join(disk, 'data'), MIGRATE_ON_START: 'true' });
      const { url } = service;
      const before = await write(url, { title: 'disk 1', key: 'disk' });
      const filler = join(disk, 'filler');
      await fill(disk, filler);
      // Pages that the table has already are filled first.
      let full = OK;
      for (let i = 0; full === OK && i < MANY; i += 1) {
        full = await write(url, { title: 'disk 2', body: randomBytes(100_000).toString('base64') });
      }
      const health = await statusOf(url, '/health');
      await rm(filler);
      await until(async () => (await statusOf(url, '/ready')) === 200);
      const after = await write(url, { title: 'disk 3' });
      const again = await write(url, { title: 'disk 1', key: 'disk' });
      return [
        `before: ${before}`,
        `full: ${full}, /health ${health}`,
        `with room again: ${after}`,
        `stored before: ${again === OK ? 'is there' : again}`,
      ];
    } finally {
      // Killed, it would leave its PostgreSQL behind.
      service?.kill('SIGTERM');
      await service?.exit;
      await run('umount', ['--lazy', disk]);
      await rm(disk, { recursive: true });
    }
  },
};

const MANY = 100;

async function fill(disk: string, file: string): Promise<void> {
  const { bavail, bsize } = await statfs(disk);
  await writeFile(file, Buffer.alloc(bavail * bsize));
}
