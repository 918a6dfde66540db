import { addError, change, putAction } from '../../src/changeset/changeset.ts';
import { listOf } from '../../src/changeset/relation.ts';
import type { Struct } from '../../src/model/struct.ts';
import { buildStruct, primaryKey } from '../../src/model/struct.ts';
import { equalValues } from '../../src/model/value.ts';
import type { PutValue } from './operation.ts';
import { isList } from './json.ts';
import { modelOfName, typedKey, typedValues } from './models.ts';
import { isGet, type Scene } from './records.ts';

/** Where a value is put. */
export interface Place {
  readonly owner: Struct;
  readonly assoc: string;
  readonly scene: Scene;
}

/** What `putAssoc` is to be given for a case's value. */
export function toPutable(value: PutValue, place: Place): unknown {
  if (value === null) return null;
  if (isList(value)) return value.map((item) => toPutable(item, place));
  if ('map' in value) return value.map;
  if ('raw' in value) return value.raw;
  if ('changeset_of' in value) {
    const { changeset_of: of, changes, action, errors } = value;
    let changeset = change(toRecord(of, place), changes);
    for (const [field, message] of Object.entries(errors ?? {})) {
      changeset = addError(changeset, field, message);
    }
    return action === undefined ? changeset : putAction(changeset, action);
  }
  return toRecord(value, place);
}

function toRecord(value: PutValue, place: Place): Struct {
  const { owner, assoc, scene } = place;
  if (value === null || isList(value)) {
    throw new Error('expected a record, got none or a list');
  }
  if (isGet(value)) return present(scene.fetched.get(value), 'that was loaded');
  if ('current' in value) {
    const current = listOf(owner.assocs[assoc] ?? null);
    const found = current.find((record) =>
      equalValues(primaryKey(record)[0], typedKey(record.model, value.current)),
    );
    return present(found, `among the current "${assoc}"`);
  }
  if ('struct' in value) {
    const model = modelOfName(scene.models, value.struct);
    return buildStruct(model, typedValues(model, value.fields ?? {}));
  }
  throw new Error('expected a record, got attributes');
}

function present(record: Struct | undefined, where: string): Struct {
  if (record) return record;
  throw new Error(`a record to be put is not ${where}`);
}
