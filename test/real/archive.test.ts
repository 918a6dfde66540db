import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root, table } from '../readme/readme.ts';
import { type Folder, makeFolder, packInto } from './orders-copy.ts';

/* The archive that is published: what is in it, and what it asks of who installs it. */

let folder: Folder;
let archive: string;
let manifest: {
  readonly exports: { readonly [door: string]: object };
  readonly bin: object;
  readonly dependencies: object;
  readonly peerDependencies: object;
  readonly peerDependenciesMeta: object;
};

beforeAll(async () => {
  folder = await makeFolder();
  archive = await packInto(folder.path);
  await folder.run('tar', '-xzf', archive);
  manifest = JSON.parse(await readFile(join(folder.path, 'package/package.json'), 'utf8'));
});

afterAll(() => folder.remove());

test('it holds the library, compiled, and nothing of the app', async () => {
  const paths = await readdir(join(folder.path, 'package'), { recursive: true });
  const top = paths.filter((path) => !path.startsWith('dist/'));
  expect(top.toSorted()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json']);
  const rooms = new Set(paths.flatMap((path) => /^dist\/([^/]+)/.exec(path)?.[1] ?? []));
  const library =
    'changeset domain generator index.d.ts index.js model mutation plan postgres pothos repo';
  expect([...rooms].toSorted().join(' ')).toBe(library);
});

test('it asks for what the doors import, and shares what its user has', () => {
  expect(manifest).not.toHaveProperty('private');
  const doors = Object.keys(manifest.exports).join(' ');
  expect(doors).toBe('. ./changeset ./mutation ./pothos ./postgres');
  expect(manifest.bin).toEqual({ 'prisma-assoc': './dist/generator/main.js' });
  expect(Object.keys(manifest.dependencies)).toEqual([
    '@prisma/driver-adapter-utils',
    'dataloader',
  ]);
  const peers = Object.keys(manifest.peerDependencies);
  const optional = Object.keys(manifest.peerDependenciesMeta);
  expect(peers.filter((name) => !optional.includes(name))).toEqual(['@prisma/client']);
  expect(optional).toEqual(['@prisma/adapter-pg', '@pothos/core', 'graphql', 'pg']);
});

test('README names the versions of what is shared', () => {
  const rows = table('Use it with your own schema', 'package');
  expect(Object.fromEntries(rows)).toEqual(manifest.peerDependencies);
});

test.each([
  ['publint', 'publint/src/cli.js', ['run', '--strict']],
  ['attw', '@arethetypeswrong/cli/dist/index.js', ['--profile', 'esm-only']],
] as const)('%s finds nothing wrong with it', async (_name, program, flags) => {
  await folder.run(process.execPath, join(root, 'node_modules', program), ...flags, archive);
});

test('the core and the changesets load without the optional peers', async () => {
  const modules = join(folder.path, 'node_modules');
  await mkdir(join(modules, '@prisma'), { recursive: true });
  await rename(join(folder.path, 'package'), join(modules, 'prisma-assoc'));
  for (const name of ['dataloader', '@prisma/client']) {
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  const script = `
    const { makeRepo } = await import('prisma-assoc');
    const { cast } = await import('prisma-assoc/changeset');
    console.log(typeof makeRepo, typeof cast);
  `;
  const options = { cwd: folder.path, env: {} };
  const args = ['--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  expect(stdout).toBe('function function\n');
});
