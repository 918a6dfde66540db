import type { Model } from '../../model/model.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Delegates } from '../delegate.ts';
import { isExtended } from '../delegate.ts';
import { findRowSets, type Rest, type RowSet } from './set/row-sets.ts';
import type { SetOptions } from './set/set-rows.ts';

/**
 * How a plan is written: as Prisma nested writes; each set of rows of one table by one statement; or
 * so once there are a few of them.
 */
export type WriteWay = (typeof writeWays)[number];

/** Every way to write a plan. */
export const writeWays = ['nested', 'set', 'auto'] as const;

interface WayOptions extends Pick<SetOptions, 'models' | 'now'> {
  readonly writeWay?: WriteWay;
  readonly oneByOne?: boolean;
}

/**
 * From how many rows of one table on `auto` writes sets. Measured in transactions of Prisma, a set of one
 * row takes as long as a nested write of it, a set of two 0.5 to 0.8 of the time, one of thirty 0.3 to
 * 0.6. In direct ones the first row takes 0.6; a small change stays one nested write there too.
 */
const FEW_ROWS = 2;

/** The sets of rows in which a plan is to be written; null if it is not. */
export function chooseSets(
  tx: Delegates,
  plan: Plan,
  { writeWay = 'nested', oneByOne = false, models, now }: WayOptions,
): readonly (RowSet | Rest)[] | null {
  if (writeWay === 'nested' || oneByOne) return null;
  const few = writeWay === 'auto' ? FEW_ROWS : 1;
  if (plan.operations.length < few) return null;
  const extended = new Map<Model, boolean>();
  const sets = findRowSets(plan, {
    models,
    now,
    isExtended(model) {
      const known = extended.get(model) ?? isExtended(tx, model);
      extended.set(model, known);
      return known;
    },
  });
  return sets.some(({ rows }) => rows && rows.length >= few) ? sets : null;
}
