import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Watches a service while it is fuzzed. */
export type Watch = {
  /** The most that it took to answer /health since the last time this was asked, in ms. */
  readonly slowest: () => number;
  readonly stop: () => Promise<void>;
};

const INTERVAL = 50;

/** Asks for /health all the time. */
export function watchHealth(url: string): Watch {
  let slowest = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const start = performance.now();
      await fetch(`${url}/health`).then(
        (response) => response.text(),
        () => {},
      );
      slowest = Math.max(slowest, performance.now() - start);
      await sleep(INTERVAL);
    }
  })();
  return {
    slowest() {
      const most = slowest;
      slowest = 0;
      return Math.round(most);
    },
    stop() {
      isOver = true;
      return watching;
    },
  };
}

/** The memory that a process takes, in MB. */
export async function memoryOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Math.round(Number(stdout) / 1_024);
}
