import { pick, renameKey, rowKeyText } from '../model/key.ts';
import type { BelongsTo, DirectAssociation, ManyToMany, Model, Models } from '../model/model.ts';
import { getModel } from '../model/datamodel/read-models.ts';
import type { Values } from '../model/value.ts';
import type { PlannedOperation } from '../plan/planned-operation.ts';
import { delegate, type Delegates } from '../repo/delegate.ts';
import { keysWhere } from '../repo/read/batch-queries.ts';
import { selectAll } from '../repo/row.ts';

/** Records that are watched, each with what is associated with it in these ways. */
export interface Watch {
  readonly model: Model;
  readonly associations: readonly DirectAssociation[];
}

/**
 * The watched records, as `rowKeyText`, that a write touches: itself, or what is watched with it; what
 * moves touches the record that it leaves too. Of linked records and parents that are updated those
 * that they belong to are read, in a statement for each association.
 */
export async function touchedRecords(
  tx: Delegates,
  { model, associations }: Watch,
  operations: readonly PlannedOperation[],
  models: Models,
): Promise<ReadonlySet<string>> {
  const rows = operations.filter((operation) => !isLink(operation));
  const own = rows.filter((row) => row.model === model.name).map(({ key }) => key);
  const below = associations.map(async (association): Promise<readonly Values[]> => {
    const related = rows.filter((row) => row.model === association.related.name);
    switch (association.kind) {
      case 'hasOne':
      case 'hasMany': {
        const { relatedKey, ownerKey } = association;
        return related
          .flatMap(({ before, after }) => [before, after])
          .filter((row) => row !== null)
          .map((row) => renameKey(row, relatedKey, ownerKey));
      }
      case 'belongsTo':
        return findOwners(tx, association, related);
      case 'manyToMany': {
        const linked = operations
          .filter(isLink)
          .map((link) => linkedOwner(association, link, models))
          .filter((key) => key !== null);
        return [...linked, ...(await findOwners(tx, association, related))];
      }
      default:
        return association satisfies never;
    }
  });
  const keys = [own, ...(await Promise.all(below))].flat();
  const complete = keys.filter((key) => !Object.values(key).includes(null));
  return new Set(complete.map((key) => rowKeyText(model, key)));
}

function isLink({ action }: PlannedOperation): boolean {
  return action === 'link' || action === 'unlink';
}

/** The owner of a link, whichever of its ends the request names it from; null of another link. */
function linkedOwner(
  { owner, related, name, join }: ManyToMany,
  { model, key, via }: PlannedOperation,
  models: Models,
): Values | null {
  if (via?.model === owner.name && via.association === name) return via.key;
  if (via?.model !== related.name || model !== owner.name) return null;
  const other = getModel(models, via.model).associations.get(via.association);
  return other?.kind === 'manyToMany' && other.join?.model === join?.model ? key : null;
}

/** The records whose parent, or of whose linked records one, is updated. */
async function findOwners(
  tx: Delegates,
  association: BelongsTo | ManyToMany,
  related: readonly PlannedOperation[],
): Promise<readonly Values[]> {
  const { owner, related: far, name } = association;
  const updated = related.filter(({ action }) => action === 'update').map(({ key }) => key);
  if (updated.length === 0) return [];
  const isUpdated = keysWhere(
    far.primaryKey,
    updated.map((key) => Object.values(key)),
  );
  const join = association.kind === 'manyToMany' ? association.join : null;
  const through = join ? { [join.relatedField]: isUpdated } : isUpdated;
  const where = {
    [join?.ownerField ?? name]: association.kind === 'belongsTo' ? isUpdated : { some: through },
  };
  const rows = await delegate(tx, owner).findMany({ where, select: selectAll(owner.primaryKey) });
  return rows.map((row) => pick(row, owner.primaryKey));
}
