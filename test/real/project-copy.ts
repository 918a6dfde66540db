import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { applyDiff } from '../readme/apply-diff.ts';
import { type Block, root } from '../readme/readme.ts';
import { spawnService } from '../support/process.ts';
import { tsx } from '../support/tsx.ts';

/** A copy of the project, to try the steps of README on. */
export type ProjectCopy = {
  /** Does what a block says: writes its file, changes one, or runs its command. */
  readonly follow: (block: Block) => Promise<void>;
  /** Runs a program of the project. @throws Error with all that it printed when it fails. */
  readonly run: (file: string, args: readonly string[]) => Promise<undefined>;
  /** Starts the service from its sources; gives its address. */
  readonly start: (databaseUrl: string) => Promise<string>;
  /**
   * Paths of the files that are new or other than in the project, in order; generated ones aside.
   */
  readonly changed: () => Promise<readonly string[]>;
  /** Stops the service and removes the copy. */
  readonly remove: () => Promise<void>;
};

const left = /^(node_modules|dist|generated|coverage|\.(?!prettierrc|dependency-cruiser).*)$/;
const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

/** Copies the project into a temporary folder; what npm installed is shared. */
export async function copyProject(): Promise<ProjectCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'project-'));
  for (const path of await filesOf(root)) {
    await cp(join(root, path), join(folder, path));
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  let stop: (() => void) | undefined;
  const run: ProjectCopy['run'] = async (file, args) => {
    const options = { cwd: folder, env: environment };
    await promisify(execFile)(file, args, options).catch((error: unknown) => {
      const { stdout = '', stderr = '' } = Object(error);
      throw new Error(`${file} ${args.join(' ')}\n${stdout}${stderr}`);
    });
  };
  return {
    run,
    async follow(block) {
      if (block.language === 'sh') return run('sh', ['-c', block.text]);
      const path = join(folder, pathOf(block));
      const text =
        block.language === 'diff'
          ? applyDiff(await readFile(path, 'utf8'), block.text)
          : `${block.text}\n`;
      await writeFile(path, text);
    },
    async start(databaseUrl) {
      const settings = { HOME: process.env['HOME'] ?? '', DATABASE_URL: databaseUrl };
      const service = spawnService(settings, folder, [...tsx, 'src/server/main.ts']);
      stop = () => service.kill('SIGKILL');
      return service.url;
    },
    async changed() {
      const paths = await filesOf(folder);
      const texts = await Promise.all(
        paths.map(async (path) => {
          const now = await readFile(join(folder, path), 'utf8');
          const was = await readFile(join(root, path), 'utf8').catch(() => '');
          return now === was ? [] : [path];
        }),
      );
      return texts.flat().sort();
    },
    async remove() {
      stop?.();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The file that a block is about: the first path in the text above it. */
function pathOf({ before }: Block): string {
  const [, path] = /`(\w+\/[\w./-]+\.(?:ts|prisma))`/.exec(before) ?? [];
  if (path === undefined) throw new Error(`no file is named in: ${before}`);
  return path;
}

async function filesOf(folder: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(below, entry.name);
    if (left.test(entry.name)) continue;
    if (entry.isDirectory()) found.push(...(await filesOf(folder, path)));
    else found.push(path);
  }
  return found;
}
