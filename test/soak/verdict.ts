import type { SoakReport } from './soak.ts';

/** Whether a soak is good, and the line that says so. */
export type Verdict = { readonly isGood: boolean; readonly line: string };

/** A soak is good where nothing differs, and at least 80 % of the requests were acknowledged. */
export function verdictOf({
  differences,
  acknowledged,
}: Pick<SoakReport, 'differences' | 'acknowledged'>): Verdict {
  const isGood = differences.length === 0 && acknowledged >= 0.8;
  const line = isGood
    ? 'every acknowledged write is there, once; nothing else is'
    : `${differences.length} differences, ${Math.round(acknowledged * 100)} % acknowledged`;
  return { isGood, line };
}
