/**
 * Runs readers of subscriptions on two services under faults: `npm run soak:live -- --seconds 60
 * [--seed 1] [--readers 200] [--writers 4]`. Exits 1 where a reader does not end with the rows as they
 * are, or sees a change twice.
 */
import { parseArgs } from 'node:util';
import { runLiveSoak } from './live.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    readers: { type: 'string', default: '200' },
    writers: { type: 'string', default: '4' },
  },
});
const options = {
  seconds: Number(values.seconds),
  seed: Number(values.seed),
  readers: Number(values.readers),
  writers: Number(values.writers),
};

console.log(`seed ${options.seed}`);
const { differences, ...counts } = await runLiveSoak(options);
console.log(counts);
for (const difference of differences) console.error(difference);
console.log(
  differences.length === 0
    ? 'every reader has the rows as they are, and saw no change twice'
    : `${differences.length} differences`,
);
process.exit(differences.length === 0 ? 0 : 1);
