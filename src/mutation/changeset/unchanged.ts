import type { Changeset } from '../../changeset/changeset.ts';
import { change } from '../../changeset/changeset.ts';
import type { Struct } from '../../model/struct.ts';
import type { Aggregate } from '../aggregate.ts';

/**
 * The changeset of a record that only goes or is linked elsewhere: nothing is validated, the
 * constraints stand.
 */
export function unchanged(aggregate: Aggregate, record: Struct): Changeset {
  const start = change(record);
  return { ...start, constraints: aggregate.validate(start).constraints };
}
