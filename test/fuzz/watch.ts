import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';

/** Watches how fast a service answers /health. */
export type Watch = {
  /** The most that it took since the last time this was asked, in ms. */
  readonly slowest: () => number;
  readonly stop: () => Promise<unknown>;
};

/** Asks for /health all the time, from a thread of its own. */
export function watchHealth(url: string): Watch {
  let slowest = 0;
  const worker = new Worker(new URL('./watch-health.ts', import.meta.url), { workerData: url });
  worker.on('message', (took: number) => {
    slowest = Math.max(slowest, took);
  });
  return {
    slowest() {
      const most = slowest;
      slowest = 0;
      return Math.round(most);
    },
    stop: () => worker.terminate(),
  };
}

/** The memory that a process takes, in MB. */
export async function memoryOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Math.round(Number(stdout) / 1_024);
}
