import { expect, test } from 'vitest';
import { runSoak } from '../soak/soak.ts';
import { hasPgBouncer } from '../support/pgbouncer.ts';

const ways = hasPgBouncer() ? ['', ' through PgBouncer'] : [''];

test.each(ways)(
  'ten seconds of faults%s lose no acknowledged write, and double none',
  async (way) => {
    const { differences, acknowledged, deadlocks, requests } = await runSoak({
      seconds: 10,
      seed: 1,
      writers: 6,
      killEvery: 500,
      pgbouncer: way !== '',
    });
    expect(differences).toEqual([]);
    expect(deadlocks).toBe(0);
    expect(requests).toBeGreaterThan(0);
    // How many are depends on the machine: `npm run soak` looks at that.
    expect(acknowledged).toBeGreaterThan(0);
  },
);
