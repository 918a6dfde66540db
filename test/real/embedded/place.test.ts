import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPlace } from '../../../src/server/embedded/place.ts';

const asRoot = process.getuid?.() === 0;

describe('findPlace', () => {
  let project = '';

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'place-'));
  });
  afterAll(() => rm(project, { recursive: true, force: true }));

  test('keeps the data in the folder asked for where PostgreSQL can reach it', async () => {
    await chmod(project, 0o755);
    const { home, account } = await findPlace(join(project, '.data'));
    expect(home).toBe(join(project, '.data'));
    const { uid, mode } = await stat(home);
    expect(uid).toBe(account?.uid ?? process.getuid?.());
    expect(mode & 0o077).toBe(0);
  });

  test.runIf(asRoot)(
    'keeps them where its user may go when only root may enter the folder',
    async () => {
      const closed = join(project, 'closed');
      await mkdir(closed, { mode: 0o700 });
      const { home, bin, account } = await findPlace(join(closed, '.data'));
      try {
        expect(home).toMatch(/^\/var\/lib\/prisma-assoc\/closed-\w{6}$/);
        expect(account?.uid).not.toBe(0);
        expect((await stat(home)).uid).toBe(account?.uid);
        expect((await stat(dirname(home))).mode & 0o777).toBe(0o755);
        expect((await stat(join(bin, 'postgres'))).mode & 0o111).toBe(0o111);
        const again = await findPlace(join(closed, '.data'));
        expect(again.home).toBe(home);
      } finally {
        await rm(home, { recursive: true });
      }
    },
  );

  test.runIf(asRoot)(
    'keeps them apart from those of a project that stood in the same folder before',
    async () => {
      const closed = join(project, 'closed');
      const folder = join(closed, '.data');
      await mkdir(closed, { mode: 0o700, recursive: true });
      const places = await Promise.all([findPlace(folder), findPlace(folder)]);
      const [before = '', other] = places.map(({ home }) => home);
      expect(other).toBe(before);
      await rm(closed, { recursive: true });
      await mkdir(closed, { mode: 0o700 });
      const { home } = await findPlace(folder);
      expect(home).not.toBe(before);
      await Promise.all([rm(before, { recursive: true }), rm(home, { recursive: true })]);
    },
  );
});
