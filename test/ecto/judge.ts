import type { Case } from './case.ts';
import { compare } from './compare.ts';
import type { Difference } from './differences/difference.ts';
import { applyDifferences } from './differences/differences.ts';
import { replay } from './replay.ts';
import { skipReason } from './skipped.ts';
import type { World } from './world.ts';

/** What became of a case. */
export type Verdict =
  | { readonly kind: 'skipped'; readonly reason: string }
  | {
      readonly kind: 'judged';
      /** What differs from what is expected; empty for a case that passes. */
      readonly problems: readonly string[];
      /** The rules by which something else is expected than what Ecto did. */
      readonly applied: readonly Difference[];
    };

/** Replays a case and compares what comes of it. */
export async function judge(world: World, recorded: Case): Promise<Verdict> {
  const reason = skipReason(recorded);
  if (reason !== null) return { kind: 'skipped', reason };
  const observed = await replay(world, recorded);
  const { expected, applied } = applyDifferences(recorded, observed);
  return {
    kind: 'judged',
    problems: compare(recorded, expected, observed),
    applied,
  };
}
