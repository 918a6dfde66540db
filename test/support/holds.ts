import fc from 'fast-check';

const { SEED = '1', TIMES = '1' } = process.env;

/**
 * Every random case of a run comes from one seed. It is the same at each run, so that what fails is
 * of the change at hand; `SEED=any TIMES=20 npm test -- test/laws` looks further, at other cases
 * and at more of them.
 */
const seed = SEED === 'any' ? Math.floor(Math.random() * 2 ** 31) : Number(SEED);

/**
 * Holds a law against examples and random cases. Where it fails, the error names the seed and shows
 * the smallest case.
 */
export async function holds<T>(
  cases: fc.Arbitrary<T>,
  law: (one: T) => Promise<void> | void,
  {
    numRuns = 150,
    examples = [],
  }: { readonly numRuns?: number; readonly examples?: readonly T[] } = {},
): Promise<void> {
  const property = fc.asyncProperty(cases, async (one) => law(one));
  await fc.assert(property, {
    seed,
    numRuns: numRuns * Number(TIMES),
    examples: examples.map((one): [T] => [one]),
  });
}
