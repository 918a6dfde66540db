import { expect, test } from 'vitest';
import { runSoak } from '../soak/soak.ts';

test('ten seconds of faults lose no acknowledged write, and double none', async () => {
  const { differences, acknowledged, deadlocks, requests } = await runSoak({
    seconds: 10,
    seed: 1,
    writers: 6,
    killEvery: 500,
  });
  expect(differences).toEqual([]);
  expect(deadlocks).toBe(0);
  expect(requests).toBeGreaterThan(0);
  // How many are depends on the machine: `npm run soak` looks at that.
  expect(acknowledged).toBeGreaterThan(0);
});
