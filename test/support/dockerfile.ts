import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../readme/readme.ts';

/** What the last stage of a Dockerfile has come to. */
export type Image = {
  /** The folder that its commands start in. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
};

type Stage = { -readonly [K in keyof Image]: Image[K] } & { readonly place: string };

/**
 * Does what the project's Dockerfile says in an empty folder, where no engine is: each stage has a
 * folder for its files, and each command runs on this machine.
 * @throws Error for an instruction that it does not know, and with what a failed command printed.
 */
export async function followDockerfile(place: string): Promise<Image> {
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const { name, text } of instructions(await readFile(join(root, 'Dockerfile'), 'utf8'))) {
    if (name === 'FROM') {
      const [, as = 'last'] = / AS (\w+)$/.exec(text) ?? [];
      stage = makeStage(join(place, as));
      stages.set(as, stage);
    } else if (stage !== undefined) {
      await follow(stage, name, text, stages);
    }
  }
  if (stage === undefined) throw new Error('the Dockerfile has no stage');
  return stage;
}

function makeStage(place: string): Stage {
  return { place, folder: place, environment: {}, user: 'root', command: [], healthCheck: [] };
}

async function follow(
  stage: Stage,
  name: string,
  text: string,
  stages: ReadonlyMap<string, Stage>,
): Promise<void> {
  if (name === 'WORKDIR') {
    stage.folder = join(stage.place, text);
    await mkdir(stage.folder, { recursive: true });
  } else if (name === 'ENV') {
    const settings = text.split(' ').map((setting) => setting.split('='));
    stage.environment = { ...stage.environment, ...Object.fromEntries(settings) };
  } else if (name === 'COPY') {
    await copy(stage, text, stages);
  } else if (name === 'RUN') {
    await run(stage, 'sh', ['-c', text]);
  } else if (name === 'USER') {
    stage.user = text;
  } else if (name === 'CMD') {
    stage.command = JSON.parse(text);
  } else if (name === 'HEALTHCHECK') {
    stage.healthCheck = JSON.parse(text.slice(text.indexOf('CMD') + 'CMD'.length));
  } else if (name !== 'EXPOSE') {
    throw new Error(`nobody knows what ${name} does`);
  }
}

/** Runs a program as the commands of a stage run: with its settings alone. Gives what it printed. */
export async function run(
  { folder, environment }: Pick<Image, 'folder' | 'environment'>,
  file: string,
  args: readonly string[],
): Promise<string> {
  const { PATH, HOME } = process.env;
  // What this machine has of the packages is taken from there: a registry that is slow is no failure.
  const env = { PATH, HOME, npm_config_prefer_offline: 'true', ...environment };
  const options = { cwd: folder, env };
  const ran = promisify(execFile)(file, args, options).catch((error: unknown) => {
    const { stdout = '', stderr = '' } = Object(error);
    throw new Error(`${file} ${args.join(' ')}\n${stdout}${stderr}`);
  });
  return (await ran).stdout;
}

async function copy(stage: Stage, text: string, stages: ReadonlyMap<string, Stage>): Promise<void> {
  const [, from, paths = ''] = /^(?:--from=(\w+) )?(.*)$/.exec(text) ?? [];
  const source = from === undefined ? root : stages.get(from)?.place;
  if (source === undefined) throw new Error(`there is no stage ${from}`);
  const isIgnored = from === undefined ? await ignored() : () => false;
  const names = paths.split(' ');
  const target = join(stage.folder, names.pop() ?? '');
  for (const name of names) {
    const path = join(source, name);
    // A folder's content is copied, a file under its name.
    const isFolder = (await stat(path)).isDirectory();
    await cp(path, isFolder ? target : join(target, basename(name)), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !isIgnored(relative(source, file)),
    });
  }
}

/** Which paths .dockerignore keeps from the engine: by names, at the top or below `**` anywhere. */
async function ignored(): Promise<(path: string) => boolean> {
  const lines = (await readFile(join(root, '.dockerignore'), 'utf8')).trim().split('\n');
  const patterns = lines.map((line) => {
    const name = line.replace('**/', '').replaceAll('.', '\\.').replaceAll('*', '[^/]*');
    return new RegExp(line.startsWith('**/') ? `(^|/)${name}$` : `^${name}$`);
  });
  return (path) => patterns.some((pattern) => pattern.test(path));
}

function instructions(text: string): readonly { readonly name: string; readonly text: string }[] {
  return text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = ''] = line.split(' ');
      return { name, text: line.slice(name.length + 1) };
    });
}
