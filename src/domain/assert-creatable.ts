import { parentOf } from '../model/key.ts';
import type { Association } from '../model/model.ts';
import { orderedLists } from '../model/position.ts';
import { needsValue } from '../plan/check-values.ts';
import { type Aggregate, type BuiltAssociation, type RecordShape, rootShape } from './aggregate.ts';
import { refuse } from './assert-declaration.ts';

/**
 * Finds a column that a mutation of a model could not fill, in a new root or in a record below it: it
 * takes no null, and neither the client, an owner, a default nor the database gives it a value. Of
 * a model with a `prepare` nothing is known: that may put any.
 * @throws Error for such a column.
 */
export function assertCreatable(
  aggregate: Aggregate,
  { create, built }: { readonly create: boolean; readonly built: readonly BuiltAssociation[] },
): void {
  const seen = new Set<RecordShape>();
  if (create) assertShape(rootShape(aggregate), seen);
  else assertNested(rootShape(aggregate), seen);
  for (const { build, association } of built) assertShape(build, seen, association);
}

/** `through` is the association through which it is made, null of a root; `fields` what it may cast. */
function assertShape(
  shape: RecordShape,
  seen: Set<RecordShape>,
  through: Association | null = null,
  fields = shape.fields,
): void {
  if (seen.has(shape)) return;
  seen.add(shape);
  if (!shape.aggregate.hooks.prepare) assertFilled(shape, through, fields);
  assertNested(shape, seen);
}

function assertNested({ nested }: RecordShape, seen: Set<RecordShape>): void {
  for (const { association, related, cast, build } of nested) {
    // A cast of fewer fields may be meant for the records that are there.
    if (cast) assertShape(cast, seen, association, [...cast.fields, ...related.fields]);
    if (build) assertShape(build, seen, association);
  }
}

function assertFilled(
  { aggregate: { model }, nested }: RecordShape,
  through: Association | null,
  fields: readonly string[],
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
  const parent = parentOf(model, open.name);
  const way = parent ? `Cast it, give "${parent.name}" a tool` : 'Cast it';
  const problem = `nothing gives "${open.name}" of a new ${model.name} a value, and its column takes no null. ${way}, put it in prepare, or give the column a default.`;
  if (through) throw refuse(through, problem);
  throw new Error(
    `cannot offer create${model.name}: ${problem} Or leave the mutation out: { create: false }.`,
  );
}
