/**
 * Sends requests made from the schema, and bytes that are nearly HTTP, to the service, and looks
 * whether any of them does harm: `npm run fuzz -- --seconds 60 [--seed 1]`.
 */
import { parseArgs } from 'node:util';
import { runFuzz } from './fuzz.ts';
import { verdictOf } from './verdict.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});

console.log(`seed ${values.seed}`);
const report = await runFuzz({
  seconds: Number(values.seconds),
  seed: Number(values.seed),
  onFinding: ({ what, replay }) => console.error(`${what}\n  ${replay}`),
});
console.dir(report, { maxArrayLength: null });
const { isGood, line } = verdictOf(report);
console.log(line);
process.exit(isGood ? 0 : 1);
