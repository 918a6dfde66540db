import { execFile, fork } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Watches how fast a service answers /health. */
export type Watch = {
  /** The most that it took since the last time this was asked, in ms. */
  readonly slowest: () => number;
  readonly stop: () => void;
};

/** Asks for /health all the time, from a process of its own. */
export function watchHealth(url: string): Watch {
  let slowest = 0;
  const watcher = fork(join(import.meta.dirname, 'watch-health.ts'), [url]);
  watcher.on('message', (took) => {
    slowest = Math.max(slowest, Number(took));
  });
  return {
    slowest() {
      const most = slowest;
      slowest = 0;
      return Math.round(most);
    },
    stop: () => watcher.disconnect(),
  };
}

/** The memory that a process takes, in MB. */
export async function memoryOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Math.round(Number(stdout) / 1_024);
}
