import type { Case } from './case.ts';
import { holdsFloat } from './json.ts';

/** Why a case cannot be said in JavaScript, or null where it can. */
export function skipReason({ operation }: Case): string | null {
  return holdsFloat(operation)
    ? 'a whole number given as a float (11.0) is the integer 11 in JavaScript'
    : null;
}
