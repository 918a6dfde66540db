import type { Models } from '../../src/model/model.ts';
import type { Asked } from './asked-rows.ts';
import type { Case, Errors, Expectation } from './case.ts';
import type { Observed } from './replay.ts';

/** A case as Ecto and our side ended it, with what a rule may look at beside. */
export interface Seen {
  readonly recorded: Case;
  readonly models: Models;
  readonly expected: Expectation;
  readonly observed: Observed;
  /** What the changeset asks of the database; null where nothing is to be written. */
  readonly asked: Asked | null;
  /** Our side if the lists that Ecto refuses could be replaced; null where it refuses none. */
  readonly ifReplaced: Observed | null;
  /** Our side if every foreign key took null; null where Ecto had nothing against it. */
  readonly ifNullable: Observed | null;
}

/** What is expected where a changeset is refused before any SQL. */
export function refused({ expected: { actions }, observed }: Seen, errors: Errors): Expectation {
  return {
    status: 'invalid',
    errors: [...errors],
    rows: observed.before,
    ...(actions && { actions }),
  };
}
