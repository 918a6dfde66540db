import type { Aggregate, AssociationTools, RecordShape } from '../../domain/aggregate.ts';
import type { Model } from '../../model/model.ts';
import type { InputFields } from '../builder.ts';
import type { Parts } from '../parts.ts';
import { type Column, columnOf, isForeign } from '../read/column.ts';
import { typeOf } from '../read/column-type.ts';
import { type InputFieldMap, type InputType, inputNamed } from './input-type.ts';

/** What an input of one record is for. */
export interface RecordPurpose {
  /** Decides which fields must be given, and which there are beside the record's own. */
  readonly purpose: 'create' | 'update' | 'cast' | 'build';
  readonly inputOf: (parts: Parts, nested: AssociationTools) => InputType;
  readonly description: string;
  /** Of an entry of a to-many cast: it can ask for its record's removal. */
  readonly removable?: boolean;
}

/** The input type of one record: its key, its fields, its version, its associations. */
export function recordInput(
  parts: Parts,
  name: string,
  shape: RecordShape,
  { purpose, inputOf, description, removable = false }: RecordPurpose,
): InputType {
  const { aggregate } = shape;
  const isNew = purpose === 'create' || purpose === 'build';
  assertOneShape(parts, name, shape);
  return inputNamed(parts, name, {
    description,
    fields: (t) => ({
      ...(purpose === 'cast' && keyField(t, aggregate)),
      ...valueFields(parts, t, shape, isNew),
      ...(!isNew && versionField(t, aggregate)),
      ...(removable && removalField(t)),
      ...nestedFields(t, shape, (tools) => inputOf(parts, tools)),
    }),
  });
}

/** @throws Error where two inputs of one name would hold other fields. */
function assertOneShape({ named }: Parts, name: string, { fields, nested }: RecordShape): void {
  const held = [...fields, ...nested.map(({ association }) => association.name)].join(', ');
  const before = named(`${name} holds`, () => held);
  if (before === held) return;
  throw new Error(
    `the input ${name} is to hold ${before} in one place, ${held} in another. Name one of them in the domain, by "entry".`,
  );
}

function keyField(t: InputFields, { model }: Aggregate): InputFieldMap {
  const description = `The id of the ${model.name} that is meant; without one, a new ${model.name}.`;
  return { id: t.field({ type: 'ID', required: false, description }) };
}

function valueFields(
  parts: Parts,
  t: InputFields,
  { aggregate, fields }: RecordShape,
  isNew: boolean,
): InputFieldMap {
  const { model } = aggregate;
  const entries = fields.map((name) => {
    const column = columnOf(model, name);
    const isParent = isForeign(model, name);
    const description = isParent
      ? 'cast of the foreign key: any id, nothing is read for it. Beside the association it is CONFLICTING_INPUT, whatever the values.'
      : isNew
        ? `The ${name} it starts with.`
        : `The new ${name}. ${column.isNullable ? 'null clears it.' : 'It cannot be cleared.'}`;
    const required = isNew && !isParent && !isFilled(model, column);
    return [name, t.field({ type: typeOf(parts, model, column), required, description })];
  });
  return Object.fromEntries(entries);
}

/** Whether a new record has a value of a column, or needs none, where nothing is sent. */
function isFilled({ updatedAt }: Model, { fields, isNullable, isList }: Column): boolean {
  const isMade = fields.every(
    ({ name, generated, default: value }) =>
      generated !== null || value !== null || name === updatedAt,
  );
  return isNullable || isList || isMade;
}

function versionField(t: InputFields, { model: { version } }: Aggregate): InputFieldMap {
  if (version === null) return {};
  const description = `The ${version} that the client read: where it is another one now, the answer is StaleEntry.`;
  return { lockVersion: t.field({ type: 'Int', required: false, description }) };
}

function removalField(t: InputFields): InputFieldMap {
  return {
    delete: t.field({
      type: 'Boolean',
      required: true,
      defaultValue: false,
      description: 'Removes this one, whatever onReplace says.',
    }),
  };
}

function nestedFields(
  t: InputFields,
  { nested }: RecordShape,
  inputOf: (tools: AssociationTools) => InputType,
): InputFieldMap {
  return Object.fromEntries(
    nested.map((tools) => {
      const { name } = tools.association;
      const description = `What is to be done with ${name}; absent: nothing.`;
      return [name, t.field({ type: inputOf(tools), required: false, description })];
    }),
  );
}
