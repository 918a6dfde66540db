import type { Changeset } from '../../changeset/changeset.ts';
import { rowKeyText } from '../../model/key.ts';
import type { Struct } from '../../model/struct.ts';
import { listOf, loadStruct } from '../../model/struct.ts';
import { findDeletions } from '../../plan/deletions.ts';
import type { Cascades } from '../../plan/draft/planner.ts';
import type { Delegates } from '../delegate.ts';
import type { Locks } from '../lock/row-locks.ts';
import { makeLoaders } from '../read/loaders.ts';
import { makeRowBudget, neededAt } from '../read/row-budget.ts';

/**
 * Reads, and locks, what goes with the records that are to be deleted, which are locked: every row that refers
 * to them, whatever the association's `where` (as in Ecto, whose deletion asks for the foreign key
 * alone).
 * @throws TooManyRowsError for more than `maxRows`, at the association of the record that they go with.
 */
export async function loadCascades(
  tx: Delegates,
  changeset: Changeset,
  locks: Locks,
  maxRows = Number.POSITIVE_INFINITY,
): Promise<Cascades> {
  const cascades = new Map<string, { [association: string]: readonly Struct[] }>();
  const deletions = findDeletions(changeset, []).filter(
    ({ associations }) => associations.length > 0,
  );
  if (deletions.length === 0) return cascades;
  const loaders = makeLoaders(tx, { budget: makeRowBudget(maxRows), locks });
  const args = locks.locksReads ? ({ lock: 'UPDATE' } as const) : {};
  const loads = deletions.flatMap(({ record, associations, path }) =>
    associations.map(async (association) => {
      const all = {
        ...association,
        rules: { ...association.rules, where: {} },
      };
      const read = loaders.association(all, record.fields, args);
      const loaded = await neededAt([...path, association.name], read);
      const structs = listOf(loaded).map((row) => loadStruct(association.related, row));
      const text = rowKeyText(record.model, record.fields);
      cascades.set(text, {
        ...cascades.get(text),
        [association.name]: structs,
      });
    }),
  );
  await Promise.all(loads);
  return cascades;
}
