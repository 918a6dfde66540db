/**
 * Makes the archive that is published: `npm run pack`, or `npm run pack -- folder` to have it
 * elsewhere than in dist/. It holds the library without the app, and names what the library imports.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface Manifest {
  readonly [field: string]: unknown;
  readonly exports: { readonly [door: string]: { readonly [condition: string]: string } };
  readonly dependencies: { readonly [name: string]: string };
}

/**
 * What the library shares with its user, from the lowest version that the tests try. What only some
 * doors need is optional.
 */
const peers = {
  '@prisma/client': '^7.10.0',
  '@prisma/adapter-pg': '^7.10.0',
  '@pothos/core': '^4.10.0',
  graphql: '^16.10.0',
  pg: '^8.21.0',
};
const optional = ['@prisma/adapter-pg', '@pothos/core', 'graphql', 'pg'];

/** What the archive says of itself, as package.json of the project does. */
const kept = ['name', 'version', 'description', 'license', 'type', 'engines', 'bin'];

const root = join(import.meta.dirname, '..');
const [folder = join(root, 'dist')] = process.argv.slice(2);
const stage = await mkdtemp(join(tmpdir(), 'archive-'));
try {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const code = join(stage, 'dist');
  await run(process.execPath, [tsc, '--project', 'tsconfig.library.json', '--outDir', code]);
  const manifest = toPublished(await readManifest(), await packagesIn(code));
  await writeFile(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE']) {
    await cp(join(root, file), join(stage, file));
  }
  await mkdir(folder, { recursive: true });
  const printed = await run('npm', ['pack', stage, '--json', '--pack-destination', folder]);
  const [{ filename, size, unpackedSize }] = JSON.parse(printed);
  console.log(`${join(folder, filename)}: ${size} bytes, unpacked ${unpackedSize}`);
} finally {
  await rm(stage, { recursive: true, force: true });
}

async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
}

/** The packages that a folder's modules import, Node's own aside. */
async function packagesIn(code: string): Promise<readonly string[]> {
  const files = await readdir(code, { recursive: true });
  const texts = await Promise.all(
    files
      .filter((file) => /\.(js|d\.ts)$/.test(file))
      .map((file) => readFile(join(code, file), 'utf8')),
  );
  const imported = texts.flatMap((text) =>
    [...text.matchAll(/^(?:import|export)(?:[^;'=]* from)? '([^.'][^']*)'/gm)].map(
      ([, name = '']) => name,
    ),
  );
  const packages = imported
    .filter((name) => !isBuiltin(name))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
  return [...new Set(packages)].sort();
}

function toPublished(manifest: Manifest, packages: readonly string[]): object {
  const own = packages.filter((name) => !(name in peers));
  return {
    ...Object.fromEntries(kept.map((field) => [field, manifest[field]])),
    // The sources are not in the archive.
    exports: Object.fromEntries(
      Object.entries(manifest.exports).map(([door, { types, default: code }]) => [
        door,
        { types, default: code },
      ]),
    ),
    sideEffects: false,
    dependencies: Object.fromEntries(
      own.map((name) => {
        const version = manifest.dependencies[name];
        if (version === undefined)
          throw new Error(`the library imports ${name}, which is no dependency`);
        return [name, `^${version}`];
      }),
    ),
    peerDependencies: peers,
    peerDependenciesMeta: Object.fromEntries(optional.map((name) => [name, { optional: true }])),
  };
}

async function run(file: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, { cwd: root });
  return stdout;
}
