import { setTimeout as sleep } from 'node:timers/promises';

/*
 * A process that asks a service for /health all the time, whatever keeps others busy, and says after
 * each answer how many ms it took. It ends with the one that started it.
 */

const INTERVAL = 50;
const [, , url = ''] = process.argv;

process.on('disconnect', () => process.exit());

for (;;) {
  const start = performance.now();
  await fetch(`${url}/health`).then(
    (response) => response.text(),
    () => {},
  );
  // The one that started it may have just gone.
  process.send?.(performance.now() - start, undefined, undefined, () => {});
  await sleep(INTERVAL);
}
