import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { root, table } from '../readme/readme.ts';
import { useDatabase } from '../support/database.ts';
import { followDockerfile, run } from '../support/dockerfile.ts';
import { killServices, spawnService } from '../support/process.ts';

const database = useDatabase('once');
let place: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'docker-'));
});
afterEach(killServices);
afterAll(() => rm(place, { recursive: true, force: true }));

test('the Dockerfile has no mistake that a validator sees', async () => {
  expect(validate(await readFile(join(root, 'Dockerfile'), 'utf8'))).toEqual([]);
});

test('what the Dockerfile builds starts, is healthy, shows its page, and is not run by root', async () => {
  const image = await followDockerfile(place);
  expect(image.user).toBe('node');
  expect(image.command).toEqual(['node', 'dist/server/main.js']);
  const service = spawnService(
    {
      ...image.environment,
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: database.url,
      AUTH_OPEN: 'true',
    },
    image.folder,
  );
  const url = await service.url;
  for (const path of ['/health', '/ready', '/']) {
    const { status } = await fetch(`${url}${path}`, { headers: { accept: 'text/html' } });
    expect(`${path} ${status}`).toBe(`${path} 200`);
  }
  const [program = '', ...args] = image.healthCheck;
  const checked = { folder: image.folder, environment: { PORT: new URL(url).port } };
  await run(checked, program, args);
  service.kill('SIGKILL');
  await service.exit;
  await expect(run(checked, program, args)).rejects.toThrow('fetch failed');
});

test('compose.yaml sets what README names, and says that everybody may write', async () => {
  const text = await readFile(join(root, 'compose.yaml'), 'utf8');
  const [, service = ''] = text.split('\n  service:\n');
  const names = [...service.matchAll(/^ {6}([A-Z_]+): /gm)].map(([, name]) => name);
  expect(names).toEqual(['DATABASE_URL', 'AUTH_OPEN']);
  const settings = table('Settings', 'name').map(([name]) => name);
  expect(settings).toEqual(expect.arrayContaining(names));
});
