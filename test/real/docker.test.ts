import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { blocks, root, table } from '../readme/readme.ts';
import { databaseUrl, onServer } from '../support/database-url.ts';
import { followDockerfile, type Image, run } from '../support/dockerfile.ts';
import { killServices, startProcess } from '../support/process.ts';

test('the Dockerfile has no mistake that a validator sees', async () => {
  expect(validate(await readFile(join(root, 'Dockerfile'), 'utf8'))).toEqual([]);
});

describe('what the Dockerfile builds', () => {
  const server = inject('postgres').url;
  const name = `image_${process.pid}`;
  const environment = { DATABASE_URL: databaseUrl(server, name), AUTH_OPEN: 'true' };
  let place: string;
  let image: Image;

  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'docker-'));
    image = await followDockerfile(place);
    await onServer(server, `CREATE DATABASE ${name}`);
  });
  afterEach(killServices);
  afterAll(async () => {
    await onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await rm(place, { recursive: true, force: true });
  });

  test('migrates by the command that README names, whoever may write', async () => {
    const texts = blocks('Deploy it').map(({ text }) => text);
    const [, command = ''] = /^docker run .* blog (node .*)$/m.exec(texts.join('\n')) ?? [];
    const { DATABASE_URL } = environment;
    const job = { ...image, environment: { ...image.environment, DATABASE_URL } };
    expect(await run(job, 'sh', ['-c', command])).toMatch(/^applied: /);
    expect(await run(job, 'sh', ['-c', command])).toBe('nothing to do: all are applied\n');
  });

  test('starts, is healthy, shows its page, and is not run by root', async () => {
    expect(image.user).toBe('node');
    expect(image.command).toEqual(['node', 'dist/server/main.js']);
    const settings = { ...image.environment, ...environment, HOST: '127.0.0.1', PORT: '0' };
    const { url, kill, exit } = await startProcess(
      { ...settings, MIGRATE_ON_START: 'false' },
      image.folder,
    );
    for (const path of ['/health', '/ready', '/']) {
      const ask = async () =>
        (await fetch(`${url}${path}`, { headers: { accept: 'text/html' } })).status;
      // The first statement may take a slow machine longer than /ready waits.
      await expect.poll(ask, { timeout: 60_000, message: path }).toBe(200);
    }
    const [program = '', ...args] = image.healthCheck;
    const checked = { folder: image.folder, environment: { PORT: new URL(url).port } };
    await run(checked, program, args);
    kill('SIGKILL');
    await exit;
    await expect(run(checked, program, args)).rejects.toThrow('fetch failed');
  });
});

test('compose.yaml sets what README names, and says that everybody may write', async () => {
  const text = await readFile(join(root, 'compose.yaml'), 'utf8');
  const [, service = ''] = text.split('\n  service:\n');
  const names = [...service.matchAll(/^ {6}([A-Z_]+): /gm)].map(([, name]) => name);
  expect(names).toEqual(['DATABASE_URL', 'AUTH_OPEN']);
  const settings = table('Settings', 'name').map(([name]) => name);
  expect(settings).toEqual(expect.arrayContaining(names));
});
