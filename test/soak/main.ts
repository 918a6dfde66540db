/**
 * Runs writers against two services on a real PostgreSQL while sessions, servers and services are killed, and compares
 * every row with what was acknowledged: `npm run soak -- --seconds 30 [--seed 1] [--writers 8] [--kill-every 200]`.
 */
import { parseArgs } from 'node:util';
import { runSoak } from './soak.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    writers: { type: 'string', default: '8' },
    'kill-every': { type: 'string', default: '200' },
  },
});
const options = {
  seconds: Number(values.seconds),
  seed: Number(values.seed),
  writers: Number(values.writers),
  killEvery: Number(values['kill-every']),
};

console.log(`seed ${options.seed}`);
const { differences, ...counts } = await runSoak(options);
console.log(counts);
for (const difference of differences) console.error(difference);
const isGood = differences.length === 0 && counts.acknowledged >= 0.8;
console.log(
  isGood
    ? 'every acknowledged write is there, once; nothing else is'
    : `${differences.length} differences, ${Math.round(counts.acknowledged * 100)} % acknowledged`,
);
process.exit(isGood ? 0 : 1);
