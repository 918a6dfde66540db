import fc from 'fast-check';

const given = process.env['SEED'];

/** One seed for a whole run: every law of a file meets the same cases. `SEED=… npx vitest run …` repeats a run. */
const seed =
  given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
const numRuns = Number(process.env['RUNS'] ?? 150);

/** Holds a law against random cases. Where it fails, the error names the seed and shows the shrunk case. */
export async function holds<T>(
  cases: fc.Arbitrary<T>,
  law: (one: T) => Promise<void> | void,
): Promise<void> {
  const property = fc.asyncProperty(cases, async (one) => law(one));
  await fc.assert(property, { seed, numRuns });
}
