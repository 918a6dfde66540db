import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../readme/readme.ts';
import { tsx } from '../support/tsx.ts';

/** examples/orders, running on the archive of the project. */
export type Orders = {
  /** Sends a GraphQL document. */
  readonly send: (query: string, headers?: object) => Promise<Answer>;
  readonly path: string;
  /** Runs a program in its folder. @throws Error with all that it printed when it fails. */
  readonly run: Folder['run'];
  /** What it printed of what was written. */
  readonly told: () => readonly string[];
  readonly remove: () => Promise<void>;
};

// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any;

/** A folder outside of the project, and how programs run in it. */
export type Folder = {
  readonly path: string;
  /** Runs a program there; gives what it printed. @throws Error with that when it fails. */
  readonly run: (file: string, ...args: readonly string[]) => Promise<string>;
  readonly remove: () => Promise<void>;
};

// Nothing of the project is reached from there: npm puts its programs on the PATH of a script.
const environment = {
  HOME: process.env['HOME'],
  PATH: process.env['PATH']
    ?.split(delimiter)
    .filter((path) => !path.includes('node_modules'))
    .join(delimiter),
};

/** Makes an empty folder; `settings` are what programs find there beside a home and a path. */
export async function makeFolder(settings: object = {}): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'orders-'));
  return {
    path,
    async run(file, ...args) {
      const options = { cwd: path, env: { ...environment, ...settings } };
      const { stdout } = await promisify(execFile)(file, args, options).catch((error: unknown) => {
        const { stdout: out = '', stderr = '' } = Object(error);
        throw new Error(`${file} ${args.join(' ')}\n${out}${stderr}`);
      });
      return stdout;
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** Packs the project into a folder; gives the archive's name. */
export async function packInto(folder: string): Promise<string> {
  await promisify(execFile)(process.execPath, [...tsx, 'scripts/pack.ts', folder], { cwd: root });
  const [archive] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error('nothing was packed');
  return archive;
}

/** Installs the example in a folder of its own, generates, checks its types and starts it. */
export async function installOrders(versions: 'newest' | 'lowest', url: string): Promise<Orders> {
  const folder = await makeFolder({ DATABASE_URL: url });
  await cp(join(root, 'examples/orders'), folder.path, { recursive: true });
  const archive = await packInto(folder.path);
  const others = versions === 'lowest' ? await lowestPeers(archive, folder) : [];
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--save-exact'];
  await folder.run('npm', 'install', ...flags, `./${archive}`, ...others);
  await folder.run('npm', 'run', 'generate');
  await folder.run('npm', 'run', 'types');
  const { address, told, stop } = start(folder.path, url);
  const endpoint = await address;
  return {
    path: folder.path,
    run: folder.run,
    async send(query, headers = {}) {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      });
      return response.json();
    },
    told,
    async remove() {
      stop();
      await folder.remove();
    },
  };
}

/** The lowest versions that the archive admits of what it shares with its user. */
async function lowestPeers(archive: string, folder: Folder): Promise<readonly string[]> {
  const manifest = JSON.parse(await folder.run('tar', '-xzOf', archive, 'package/package.json'));
  const versions = Object.entries<string>(manifest.peerDependencies).map(
    ([name, range]) => [name, range.replace('^', '')] as const,
  );
  const { '@prisma/client': prisma } = Object.fromEntries(versions);
  // What goes with these: newer ones ask for newer peers.
  const others = [
    ['prisma', prisma],
    ['@pothos/plugin-prisma', '4.15.0'],
    ['@types/pg', '8.16.0'],
  ];
  return [...versions, ...others].map(([name, version]) => `${name}@${version}`);
}

function start(path: string, url: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/server.ts'], {
    cwd: path,
    env: { ...environment, DATABASE_URL: url, PORT: '0' },
  });
  let printed = '';
  const address = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        const [found] = /^http\S+/m.exec(printed) ?? [];
        if (found !== undefined) resolve(found);
      });
    }
    child.on('exit', () => reject(new Error(`the example did not start: ${printed}`)));
  });
  return {
    address,
    told: () => printed.match(/^written: .*$/gm) ?? [],
    stop: () => void child.kill('SIGKILL'),
  };
}
