/**
 * Makes the code that is not written by hand: `generate.ts [--always] [part…]`. A part whose inputs
 * are those of its last run is left as it is; every other npm script runs this first.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { isAlive } from '../src/server/embedded/postmaster.ts';

type Part = {
  readonly command: readonly string[];
  /** Files that decide what comes out. */
  readonly inputs: readonly string[];
  /** A file that is there once the part has run. */
  readonly output: string;
  /** The parts whose output this one reads. */
  readonly after?: readonly string[];
};

const root = join(import.meta.dirname, '..');
const stamps = join(root, 'src/generated');
const prisma = ['node_modules/prisma/build/index.js', 'generate'];
const tsc = 'node_modules/typescript/bin/tsc';
const prismaInputs = [
  'prisma.config.ts',
  ...(await sources('src/generator')),
  'node_modules/prisma/package.json',
];

const parts: Readonly<Record<string, Part>> = {
  client: {
    command: prisma,
    inputs: ['prisma/schema.prisma', ...prismaInputs],
    output: 'src/generated/prisma/client.ts',
  },
  conformance: {
    command: [...prisma, '--schema', 'test/ecto/schema.prisma'],
    inputs: ['test/ecto/schema.prisma', ...prismaInputs],
    output: 'test/ecto/generated/prisma/client.ts',
  },
  keys: {
    command: [...prisma, '--schema', 'test/repo/keys/schema.prisma'],
    inputs: ['test/repo/keys/schema.prisma', ...prismaInputs],
    output: 'test/repo/keys/generated/prisma/client.ts',
  },
  anySchema: {
    command: [...prisma, '--schema', 'test/any-schema/schema.prisma'],
    inputs: ['test/any-schema/schema.prisma', ...prismaInputs],
    output: 'test/any-schema/generated/prisma/client.ts',
  },
  graphql: {
    command: ['node_modules/@graphql-codegen/cli/cjs/bin.js'],
    inputs: ['schema.graphql', 'codegen.ts', ...(await documents())],
    output: 'src/web/generated/graphql.ts',
  },
  service: {
    // Types are for `npm run check`; a start only needs them gone.
    command: [tsc, '--project', 'tsconfig.build.json', '--noCheck'],
    inputs: [
      'prisma/schema.prisma',
      'tsconfig.json',
      'tsconfig.build.json',
      'node_modules/typescript/package.json',
      ...(await sources('src')).filter((path) => !path.startsWith('src/web/')),
    ],
    output: 'dist/server/main.js',
    after: ['client'],
  },
  page: {
    command: ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error'],
    inputs: [
      'prisma/schema.prisma',
      'schema.graphql',
      'vite.config.ts',
      'node_modules/vite/package.json',
      ...(await sources('src/web', '')),
      ...(
        await Promise.all(
          ['model', 'changeset', 'plan', 'domain', 'blog'].map((room) => sources(`src/${room}`)),
        )
      ).flat(),
    ],
    output: 'dist/web/index.html',
    after: ['client', 'graphql'],
  },
};

const { values, positionals } = parseArgs({
  options: { always: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(parts);
const started = new Map<string, Promise<void>>();
await Promise.all(names.map(start));

function start(name: string): Promise<void> {
  const running = started.get(name) ?? make(name, values.always);
  started.set(name, running);
  return running;
}

async function make(name: string, always: boolean): Promise<void> {
  const part = parts[name];
  if (part === undefined) throw new Error(`there is no part ${name}`);
  await Promise.all((part.after ?? []).map(start));
  if (!part.inputs.every((file) => existsSync(join(root, file)))) return;
  if (!always && (await isCurrent(name, part))) return;
  await withLock(name, async () => {
    if (!always && (await isCurrent(name, part))) return;
    const hash = await hashOf(part);
    await run(process.execPath, part.command, { cwd: root });
    await writeFile(join(stamps, `${name}.stamp`), hash);
    console.log(`generated ${name}`);
  });
}

async function isCurrent(name: string, part: Part): Promise<boolean> {
  const stamp = join(stamps, `${name}.stamp`);
  if (!existsSync(join(root, part.output)) || !existsSync(stamp)) return false;
  return (await readFile(stamp, 'utf8')) === (await hashOf(part));
}

async function hashOf(part: Part): Promise<string> {
  const hash = createHash('sha256').update(part.command.join(' '));
  for (const file of part.inputs) {
    hash.update(file).update(await readFile(join(root, file)));
  }
  return hash.digest('hex');
}

// Two scripts started at once must not write the same files.
async function withLock(name: string, task: () => Promise<void>): Promise<void> {
  await mkdir(stamps, { recursive: true });
  const lock = join(stamps, `${name}.lock`);
  const deadline = Date.now() + 60_000;
  while (!(await made(lock))) {
    if (Date.now() > deadline) await rm(lock, { recursive: true, force: true });
    await sleep(100);
  }
  try {
    await task();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

// One that was left by a run that was killed, as by Ctrl-C, is taken away.
async function made(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code !== 'EEXIST') throw error;
    const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (owner && !isAlive(owner)) await rm(lock, { force: true });
    return false;
  }
}

async function run(file: string, args: readonly string[], options: { cwd: string }): Promise<void> {
  try {
    await promisify(execFile)(file, args, options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** What holds GraphQL documents: of the page files of their own, of the tests among them. */
async function documents(): Promise<string[]> {
  const files = await sources('test');
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  const held = files.filter((_, index) => texts[index]?.includes('graphql('));
  return [...held, ...(await sources('src/web', '.graphql'))];
}

/** What is written by hand in a folder: its TypeScript, or the files of another ending. */
async function sources(folder: string, ending = '.ts'): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/\bgenerated\b/.test(path))
    .sort();
}
