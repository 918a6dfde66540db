import { type Changeset, change } from '../changeset/changeset.ts';
import type { Association, Model } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import type { Choice } from './declaration.ts';

/** A model as clients write it, linked with those that are written through it. */
export interface Aggregate {
  readonly model: Model;
  /** The fields that a client may cast, foreign keys among them. */
  readonly fields: readonly string[];
  /** Validates the record and declares its constraints. */
  readonly validate: (changeset: Changeset) => Changeset;
  /** Its associations that clients have tools for, by name. */
  readonly associations: ReadonlyMap<string, AssociationTools>;
  /**
   * Its many_to_many that go with a deleted record, where clients write the list at the other end:
   * the records there lose an entry.
   */
  readonly unlinked: readonly Association[];
}

/** An association that clients write: the aggregate at its other end, and the tools for it. */
export interface AssociationTools {
  readonly association: Association;
  readonly related: Aggregate;
  /** cast_assoc. */
  readonly cast?: Choice & EntryShape;
  /** put_assoc. */
  readonly put?: Choice & {
    /** The unique fields, beside the id, that a reference may name. */
    readonly by: readonly string[];
    /** Whether a client may ask for a record to be created for a name that none has. */
    readonly create: boolean;
  };
  /** build_assoc. */
  readonly build?: EntryShape;
}

/** An association through which clients build new records. */
export interface BuiltAssociation extends AssociationTools {
  readonly build: EntryShape;
}

/** What the input of one record takes: its fields, and the associations that it carries. */
export interface RecordShape {
  readonly aggregate: Aggregate;
  readonly fields: readonly string[];
  readonly nested: readonly AssociationTools[];
}

/** What an entry of a cast or build takes; `entry` names its input type, if it is named. */
export interface EntryShape extends RecordShape {
  readonly entry: string | null;
}

/** What the input of a root record takes: all that its aggregate has. */
export function rootShape(aggregate: Aggregate): RecordShape {
  const { fields, associations } = aggregate;
  return { aggregate, fields, nested: [...associations.values()] };
}

/**
 * The changeset of a record that is only deleted or linked: nothing is validated, the constraints
 * stand.
 */
export function unchanged(aggregate: Aggregate, record: Struct): Changeset {
  const start = change(record);
  return { ...start, constraints: aggregate.validate(start).constraints };
}
