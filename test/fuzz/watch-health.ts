import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

/*
 * A thread that asks a service for /health all the time, beside whatever keeps the others busy, and
 * says after each answer how many ms it took.
 */

const INTERVAL = 50;

for (;;) {
  const start = performance.now();
  await fetch(`${String(workerData)}/health`).then(
    (response) => response.text(),
    () => {},
  );
  parentPort?.postMessage(performance.now() - start);
  await sleep(INTERVAL);
}
