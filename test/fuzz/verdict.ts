import type { FuzzReport } from './fuzz.ts';

/** Whether fuzzing was good, and the line that says so. */
export type Verdict = { readonly isGood: boolean; readonly line: string };

/**
 * Fuzzing is good if nothing was found, a third of the mutations succeeded, and everything that the
 * schema has was reached.
 */
export function verdictOf({
  findings,
  mutations,
  unreached,
}: Pick<FuzzReport, 'findings' | 'mutations' | 'unreached'>): Verdict {
  const share = mutations.succeeded / Math.max(mutations.sent, 1);
  const isGood = findings === 0 && share >= 1 / 3 && unreached.length === 0;
  const line = isGood
    ? 'no request did harm, and everything was reached'
    : `${findings} findings, ${Math.round(share * 100)} % of the mutations succeeded, ${unreached.length} not reached`;
  return { isGood, line };
}
