import { readRules } from '../../model/datamodel/association-rules.ts';
import type { BelongsTo, Model } from '../../model/model.ts';
import { listOf } from '../../model/struct.ts';
import type { Values } from '../../model/value.ts';
import type { Loaders } from '../../repo/read/loaders.ts';
import type { Row } from '../../repo/row.ts';

/** The record of a primary key, of one field or several; null where there is none. */
export async function readByKey(loaders: Loaders, model: Model, key: Values): Promise<Row | null> {
  const [row = null] = listOf(await loaders.association(itself(model), key));
  return row;
}

/** A record as what its own primary key leads to. */
function itself(model: Model): BelongsTo {
  return {
    kind: 'belongsTo',
    cardinality: 'one',
    name: 'itself',
    owner: model,
    related: model,
    ownerKey: model.primaryKey,
    relatedKey: model.primaryKey,
    rules: readRules(),
  };
}
