/**
 * Runs writers against two services on a real PostgreSQL while sessions, servers and services are
 * killed, and compares every row with what was acknowledged: `npm run soak -- --seconds 30 [--seed
 * 1] [--writers 8] [--kill-every 200] [--way set] [--pgbouncer]`.
 */
import { parseArgs } from 'node:util';
import { type WriteWay, writeWays } from '../../src/repo/write/write-way.ts';
import { runSoak } from './soak.ts';
import { verdictOf } from './verdict.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    writers: { type: 'string', default: '8' },
    'kill-every': { type: 'string', default: '200' },
    pgbouncer: { type: 'boolean', default: false },
    way: { type: 'string', default: 'auto' },
  },
});
const writeWay: WriteWay | undefined = writeWays.find((name) => name === values.way);
if (!writeWay) throw new Error(`--way is one of ${writeWays.join(', ')}`);
const options = {
  writeWay,
  pgbouncer: values.pgbouncer,
  seconds: Number(values.seconds),
  seed: Number(values.seed),
  writers: Number(values.writers),
  killEvery: Number(values['kill-every']),
};

console.log(`seed ${options.seed}`);
const report = await runSoak(options);
const { differences, ...counts } = report;
console.log(counts);
for (const difference of differences) console.error(difference);
const { isGood, line } = verdictOf(report);
console.log(line);
process.exit(isGood ? 0 : 1);
