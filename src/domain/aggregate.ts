import { type Changeset, change } from '../changeset/changeset.ts';
import { validateLength } from '../changeset/validate/validate-length.ts';
import { prepareChanges } from '../changeset/optimistic-lock.ts';
import type { Association, Model } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import type { Choice, Declaration } from './declaration.ts';

/** A model as clients write it, linked with those that are written through it. */
export interface Aggregate {
  readonly model: Model;
  /** The fields that a client may cast, foreign keys among them. */
  readonly fields: readonly string[];
  /** What its declaration has to be called at each step of a write. */
  readonly hooks: Pick<Declaration, 'validate' | 'prepare' | 'afterCommit'>;
  /** Bytes of a text at most. */
  readonly maxTextBytes: number;
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
  /** Whether it may not be empty. */
  readonly required: boolean;
  /** What one record of it is called. */
  readonly singular: string;
  /** cast_assoc. */
  readonly cast?: Choice &
    EntryShape & {
      /** Whether a client may ask for a record of elsewhere to be related. */
      readonly relate: boolean;
    };
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

/** The changeset of a record that is cast, with its associations: validated, and to be prepared. */
export function validated(aggregate: Aggregate, changeset: Changeset, context: unknown): Changeset {
  const { hooks, maxTextBytes } = aggregate;
  const done = limitTexts(hooks.validate?.(changeset, context) ?? changeset, maxTextBytes);
  if (!hooks.prepare) return done;
  return prepareChanges(done, (ready, tx) => hooks.prepare?.(ready, tx, context) ?? ready);
}

/**
 * The changeset of a record that is only deleted or linked: nothing is validated, the constraints
 * stand.
 */
export function unchanged(aggregate: Aggregate, record: Struct, context: unknown): Changeset {
  const start = change(record);
  return {
    ...start,
    constraints: (aggregate.hooks.validate?.(start, context) ?? start).constraints,
  };
}

/** Refuses changed texts that are too long; a field that has an error already gets no second one. */
function limitTexts(changeset: Changeset, max: number): Changeset {
  const { changes, errors, data } = changeset;
  const texts = Object.keys(changes).filter(
    (name) =>
      data.model.fields.get(name)?.type === 'String' && errors.every(({ field }) => field !== name),
  );
  return texts.reduce((done, name) => {
    const field = data.model.fields.get(name);
    const bound = field?.isList === false ? field.maxLength : null;
    const fitting =
      bound === null ? done : validateLength(done, name, { max: bound, count: 'codepoints' });
    return fitting === done ? validateLength(done, name, { max, count: 'bytes' }) : fitting;
  }, changeset);
}
