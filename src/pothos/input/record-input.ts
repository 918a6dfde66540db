import type { Aggregate } from '../../mutation/domain.ts';
import { models } from '../../blog/domain.ts';
import { getModel } from '../../model/datamodel/read-models.ts';
import { columnsOf, noColumn } from '../read/column.ts';
import type { InputFields } from '../../graphql/builder.ts';
import { type InputFieldMap, type InputType, inputNamed } from './input-type.ts';

/** What an input of one record holds. */
export interface RecordShape {
  /**
   * What it is for decides which fields must be given, and which there are beside the record's own.
   */
  readonly purpose: 'create' | 'update' | 'cast' | 'build';
  readonly fields: readonly string[];
  /** The associations that it carries, and the input of each. */
  readonly nested: readonly string[];
  readonly inputOf: (aggregate: Aggregate, association: string) => InputType;
  readonly description: string;
  /** Of an entry of a to-many cast: it can ask for its record's removal. */
  readonly removable?: boolean;
}

/** The input type of one record: its key, its fields, its version, its associations. */
export function recordInput(name: string, aggregate: Aggregate, shape: RecordShape): InputType {
  return inputNamed(name, {
    description: shape.description,
    fields: (t) => ({
      ...keyFields(t, aggregate, shape),
      ...valueFields(t, aggregate, shape),
      ...versionField(t, aggregate, shape),
      ...removalField(t, shape),
      ...nestedFields(t, aggregate, shape),
    }),
  });
}

function keyFields(t: InputFields, { model }: Aggregate, shape: RecordShape): InputFieldMap {
  if (shape.purpose !== 'cast') return {};
  const description = `The id of the ${model} that is meant; without one, a new ${model}.`;
  return { id: t.field({ type: 'ID', description }) };
}

function valueFields(t: InputFields, { model }: Aggregate, shape: RecordShape): InputFieldMap {
  const source = getModel(models, model);
  const columns = columnsOf(source);
  const isNew = shape.purpose === 'create' || shape.purpose === 'build';
  const entries = shape.fields.map((name) => {
    const column = columns.find(({ field }) => field.name === name);
    if (!column) throw noColumn(source, name);
    const isKey = column.kind === 'ID';
    const optional = column.field.isNullable || isKey;
    const description = isKey
      ? 'cast of the foreign key: any id, nothing is read for it. Beside the association it is CONFLICTING_INPUT, whatever the values.'
      : isNew
        ? `The ${name} it starts with.`
        : `The new ${name}. ${optional ? 'null clears it.' : 'It cannot be cleared.'}`;
    const required = isNew && !optional;
    return [name, t.field({ type: column.kind, required, description })];
  });
  return Object.fromEntries(entries);
}

function versionField(t: InputFields, aggregate: Aggregate, shape: RecordShape): InputFieldMap {
  const { version } = getModel(models, aggregate.model);
  const guarded = shape.purpose === 'update' || shape.purpose === 'cast';
  if (version === null || !guarded) return {};
  const description = `The ${version} that the client read: where it is another one now, the answer is StaleEntry.`;
  return { lockVersion: t.field({ type: 'Int', description }) };
}

function removalField(t: InputFields, shape: RecordShape): InputFieldMap {
  if (!shape.removable) return {};
  return {
    delete: t.field({
      type: 'Boolean',
      required: true,
      defaultValue: false,
      description: 'Removes this one, whatever onReplace says.',
    }),
  };
}

function nestedFields(t: InputFields, aggregate: Aggregate, shape: RecordShape): InputFieldMap {
  return Object.fromEntries(
    shape.nested.map((association) => {
      const type = shape.inputOf(aggregate, association);
      const description = `What is to be done with ${association}; absent: nothing.`;
      return [association, t.field({ type, description })];
    }),
  );
}
