import type { Association, Model } from '../../model/model.ts';
import { namesOf } from '../../model/datamodel/read-associations.ts';
import type { Row } from '../../repo/row.ts';
import { builder } from '../../graphql/builder.ts';

const objects = new Map<string, ReturnType<typeof makeObject>>();

/**
 * The object type of a model, backed by the plain row. Each type's file gives it its fields; others
 * refer to it here, so that types that refer to each other need not import each other.
 */
export function objectOf(model: Model) {
  const known = objects.get(model.name) ?? makeObject(model);
  objects.set(model.name, known);
  return known;
}

/**
 * An association of a model by its name.
 * @throws Error when the model has none of that name.
 */
export function associationOf(model: Model, name: string): Association {
  const association = model.associations.get(name);
  if (association) return association;
  throw new Error(
    `${model.name} has no association "${name}". It has: ${namesOf(model.associations)}.`,
  );
}

function makeObject(model: Model) {
  return builder.objectRef<Row>(model.name);
}
