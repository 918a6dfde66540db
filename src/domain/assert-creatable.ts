import { foreignKeys } from '../model/key.ts';
import type { Association } from '../model/model.ts';
import { orderedLists } from '../model/position.ts';
import { needsValue } from '../plan/check-values.ts';
import type { RecordShape } from './aggregate.ts';
import { refuse } from './assert-declaration.ts';

/** Where a new record comes from. */
interface Origin {
  /** The association through which it is made; null of a root. */
  readonly through: Association | null;
  /** The fields that it may cast. */
  readonly fields: readonly string[];
  /** The shapes that are looked at already. */
  readonly seen: Set<RecordShape>;
}

/**
 * Finds a column that no new record of a shape could fill, nor one below it: it takes no null, and
 * neither the client, an owner (`through`), a default nor the database gives it a value. Of a model
 * with a `prepare` nothing is known: that may put any.
 * @throws Error for such a column.
 */
export function assertCreatable(
  shape: RecordShape,
  { through = null, fields = shape.fields, seen = new Set() }: Partial<Origin> = {},
): void {
  if (seen.has(shape)) return;
  seen.add(shape);
  if (!shape.aggregate.hooks.prepare) assertFilled(shape, { through, fields, seen });
  assertNestedCreatable(shape, seen);
}

/** The same of what can be created below a record that is there. @throws as `assertCreatable`. */
export function assertNestedCreatable(
  { nested }: RecordShape,
  seen: Set<RecordShape> = new Set(),
): void {
  for (const { association: through, related, cast, build } of nested) {
    // A cast of fewer fields may be meant for the records that are there.
    if (cast) assertCreatable(cast, { through, fields: [...cast.fields, ...related.fields], seen });
    if (build) assertCreatable(build, { through, seen });
  }
}

function assertFilled(
  { aggregate: { model }, nested }: RecordShape,
  { through, fields }: Origin,
): void {
  const owned = through?.kind === 'hasOne' || through?.kind === 'hasMany' ? through.relatedKey : [];
  const filled = new Set([
    ...fields,
    ...owned,
    ...nested.flatMap(({ association }) =>
      association.kind === 'belongsTo' ? association.ownerKey : [],
    ),
    ...orderedLists(model).map(({ rules }) => rules.position),
    ...Object.keys(through?.rules.defaults ?? {}),
  ]);
  const columns = [...model.fields.values()];
  const open = columns.find((field) => needsValue(model, field) && !filled.has(field.name));
  if (!open) return;
  const parent = foreignKeys(model).find(({ ownerKey }) => ownerKey.includes(open.name));
  const way = parent ? `Cast it, give "${parent.name}" a tool` : 'Cast it';
  const problem = `nothing gives "${open.name}" of a new ${model.name} a value, and its column takes no null. ${way}, put it in prepare, or give the column a default.`;
  if (through) throw refuse(through, problem);
  throw new Error(
    `cannot offer create${model.name}: ${problem} Or leave the mutation out: { create: false }.`,
  );
}
