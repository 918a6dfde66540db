import type { Case, Expectation } from './case.ts';
import type { Observed } from './replay.ts';

/** What a rule may look at: the case, and the rows as it was loaded and as another session left them. */
export interface Facts {
  readonly recorded: Case;
  readonly expected: Expectation;
  readonly loaded: Observed['loaded'];
  readonly before: Observed['before'];
}

/** A rule of the design by which we differ from Ecto on purpose. */
export interface Difference {
  /** Its number in the list of differences. */
  readonly rule: number;
  readonly reason: string;
  /** What is expected instead, or null where the rule does not apply. */
  readonly instead: (facts: Facts) => Expectation | null;
}

/** The rules that show in a replay. The others are options that the cases do not set, or nothing that a case records. */
export const differences: readonly Difference[] = [];

/** What is expected of a case, and the rules that changed it from what Ecto did. */
export function applyDifferences(
  recorded: Case,
  { loaded, before }: Observed,
): { readonly expected: Expectation; readonly rules: readonly number[] } {
  let expected = recorded.expect;
  const rules: number[] = [];
  for (const { rule, instead } of differences) {
    const changed = instead({ recorded, expected, loaded, before });
    if (changed === null) continue;
    expected = changed;
    rules.push(rule);
  }
  return { expected, rules };
}
