import { expect, test } from 'vitest';
import { runLiveSoak } from '../soak/live.ts';

test('after ten seconds of faults every reader has the rows as they are, and saw no change twice', async () => {
  const { differences, deliveries, writes } = await runLiveSoak({
    seconds: 10,
    seed: 1,
    readers: 20,
    writers: 3,
  });
  expect(differences).toEqual([]);
  expect(writes).toBeGreaterThan(0);
  expect(deliveries).toBeGreaterThan(0);
});
