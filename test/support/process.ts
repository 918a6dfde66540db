import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tsx } from './tsx.ts';

const root = join(import.meta.dirname, '../..');

/** The service as a process of its own. */
export type ServiceProcess = {
  readonly pid: number | undefined;
  /** Resolves to its address once it takes requests. */
  readonly url: Promise<string>;
  /** Resolves to the exit code; null after a signal that killed it. */
  readonly exit: Promise<number | null>;
  /** What it printed so far. */
  readonly output: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
};

/** Compiles the service if its sources changed, as `npm start` does. */
export const compileService = () => generate('service');

/** Builds the page that it shows if its sources changed, as `npm start` does. */
export const buildPage = () => generate('page');

async function generate(part: string): Promise<void> {
  const args = [...tsx, 'scripts/generate.ts', part];
  await promisify(execFile)(process.execPath, args, { cwd: root });
}

/**
 * Starts the compiled service with these settings alone; of another folder, or by other arguments of
 * Node, if they are given.
 */
export function spawnService(
  settings: Readonly<Record<string, string>>,
  folder = root,
  args: readonly string[] = ['dist/server/main.js'],
): ServiceProcess {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const exit = once(child, 'exit').then(([code]: (number | null)[]) =>
    typeof code === 'number' ? code : null,
  );
  const url = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        const found = /"url":"([^"]+)\/graphql".*\n/.exec(printed);
        if (found?.[1] !== undefined) resolve(found[1]);
      });
    }
    exit.then(() => reject(new Error(`the service did not start: ${printed}`)), reject);
  });
  // Whoever only looks at the exit is not to fail on the missing address.
  url.catch(() => undefined);
  running.add(child);
  return {
    pid: child.pid,
    url,
    exit,
    output: () => printed,
    kill: (signal) => child.kill(signal),
  };
}

/** A service that takes requests, at its address. */
export type RunningService = Omit<ServiceProcess, 'url'> & { readonly url: string };

/**
 * As `spawnService`, resolved once the service is up. Where a slow machine did not give it a
 * connection in time it is started again, as a supervisor does.
 */
export async function startProcess(
  ...args: Parameters<typeof spawnService>
): Promise<RunningService> {
  for (;;) {
    const service = spawnService(...args);
    try {
      return { ...service, url: await service.url };
    } catch (error) {
      if (!/timeout expired/.test(String(error))) throw error;
    }
  }
}

const running = new Set<ChildProcess>();

/** Kills what a failed test left behind. */
export function killServices(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
}
