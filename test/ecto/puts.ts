import { putAssoc } from '../../src/changeset/assoc/assoc.ts';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { addError, change, putAction, putChange } from '../../src/changeset/changeset.ts';
import { ChangesetError } from '../../src/changeset/changeset-error.ts';
import type { Struct } from '../../src/model/struct.ts';
import { listOf, primaryKey } from '../../src/model/struct.ts';
import type { Values } from '../../src/model/value.ts';
import { equalValues } from '../../src/model/value.ts';
import type { PutValue } from './operation.ts';
import { readPutValue } from './operation.ts';
import { isList } from './json.ts';
import { modelOfName, typedKey } from './models.ts';
import { buildRecord, isGet, type Scene } from './records.ts';

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
    let changeset = changeAll(change(toRecord(of, place)), changes ?? {}, place.scene);
    for (const [field, message] of Object.entries(errors ?? {})) {
      changeset = addError(changeset, field, message);
    }
    return action === undefined ? changeset : putAction(changeset, action);
  }
  return toRecord(value, place);
}

/** As Ecto's change/2: fields are changed, associations are put. */
export function changeAll(changeset: Changeset, changes: Values, scene: Scene): Changeset {
  return Object.entries(changes).reduce((done, [name, value]) => {
    if (!done.data.model.associations.has(name)) {
      return putChange(done, name, value);
    }
    const place = { owner: done.data, assoc: name, scene };
    return putAssoc(done, name, toPutable(readPutValue(value), place));
  }, changeset);
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
    return buildRecord(scene.models, model, value.fields ?? {});
  }
  throw new Error('expected a record, got attributes');
}

function present(record: Struct | undefined, where: string): Struct {
  if (record) return record;
  throw new ChangesetError(`a record to be put is not ${where}`);
}
