import { aggregates, models } from '../../blog/domain.ts';
import type { Aggregate, AssociationWrites } from '../../mutation/domain.ts';
import { getModel } from '../../model/datamodel/read-models.ts';
import type { Association } from '../../model/model.ts';
import type { InputFields } from '../../graphql/builder.ts';
import { type InputFieldMap, type InputType, inputNamed } from './input-type.ts';
import { baseName } from '../names.ts';
import { associationOf } from '../read/object.ts';
import { onReplaceEnum } from './on-replace-enum.ts';
import { recordInput } from './record-input.ts';
import { whereInput } from '../filter/where.ts';

/*
 * The inputs of an association. An aggregate declares which tools a client may use on it; the whole
 * family of input types follows from that, by name: the one that holds the tools
 * (PostCommentsInput), the tools (CastPostComments, PutPostComments), their entries (CastComment,
 * BuildComment) and references (CommentRef).
 */

/** The input that holds the tools of an association: PostCommentsInput. */
export function associationInput(owner: Aggregate, name: string): InputType {
  const { cast, put, build } = declaredInput(owner, name);
  const base = baseName(owner.model, name);
  const tools = Object.entries({ cast, put, build }).flatMap(([tool, declared]) =>
    declared ? [tool] : [],
  );
  const isMany = associationFor(owner, name).cardinality === 'many';
  return inputNamed(`${base}Input`, {
    description: `Exactly one of: ${tools.join(', ')}.`,
    isOneOf: true,
    fields: (t) => ({
      ...(cast && {
        cast: t.field({
          type: castInput(owner, name),
          description: isMany
            ? 'cast_assoc: the list becomes the association, with the fewest changes.'
            : 'cast_assoc: the entry becomes the associated record.',
        }),
      }),
      ...(put && {
        put: t.field({
          type: putInput(owner, name),
          description: 'put_assoc: references only; no other field of the records changes.',
        }),
      }),
      ...(build && {
        build: isMany
          ? t.field({
              type: [buildInput(owner, name)],
              description: 'build_assoc: adds; what is there already is neither read nor touched.',
            })
          : t.field({
              type: buildInput(owner, name),
              description: 'build_assoc: a new record; over one that is there it is refused.',
            }),
      }),
    }),
  });
}

function castInput(owner: Aggregate, name: string): InputType {
  const association = associationFor(owner, name);
  const isMany = association.cardinality === 'many';
  const { cast } = declaredInput(owner, name);
  const related = relatedOf(owner, name);
  const { fields = [], nested = [], entry: entryName } = cast ?? {};
  const entry = recordInput(entryName ?? `Cast${related.model}`, related, {
    purpose: 'cast',
    fields,
    nested,
    inputOf: associationInput,
    removable: isMany,
    description: isMany
      ? `With id: the ${related.model} that is there. Without: a new one. delete or lockVersion without id is REQUIRED at id, delete beside other fields CONFLICTING_INPUT. A new owner has none yet: any id is NOT_IN_ASSOCIATION.`
      : `With the id of the ${related.model} that is there: its changes. Without, or with another id: as onReplace says.`,
  });
  return inputNamed(`Cast${baseName(owner.model, name)}`, {
    description: 'cast_assoc: works on data.',
    fields: (t) => ({
      ...(isMany
        ? {
            entries: t.field({
              type: [entry],
              required: true,
              description: 'What the association is to be. [] removes all, under onReplace.',
            }),
          }
        : {
            entry: t.field({
              type: entry,
              description:
                'What the associated record is to be. null removes it, under onReplace; absent is REQUIRED.',
            }),
          }),
      ...termFields(t, owner, name, 'cast'),
    }),
  });
}

function putInput(owner: Aggregate, name: string): InputType {
  const isMany = associationFor(owner, name).cardinality === 'many';
  const { put } = declaredInput(owner, name);
  const ref = refInput(owner, name);
  return inputNamed(`Put${baseName(owner.model, name)}`, {
    description: 'put_assoc: works on references.',
    fields: (t) => ({
      ...(isMany
        ? {
            refs: t.field({
              type: [ref],
              required: true,
              description:
                'The records that the association is to hold; one that belongs elsewhere moves here.',
            }),
          }
        : {
            ref: t.field({
              type: ref,
              description:
                'The record to associate. null removes the one that is there, under onReplace; absent is REQUIRED.',
            }),
          }),
      ...(put?.create && {
        create: t.field({
          type: 'Boolean',
          required: true,
          defaultValue: false,
          description:
            'Makes a record for a name that nobody has yet, instead of UNKNOWN_REF; one made meanwhile is linked.',
        }),
      }),
      ...termFields(t, owner, name, 'put'),
    }),
  });
}

/**
 * What a cast or put says of what is there: onReplace, and of a list its scope and the ids expected
 * in it.
 */
function termFields(
  t: InputFields,
  owner: Aggregate,
  name: string,
  tool: 'cast' | 'put',
): InputFieldMap {
  const { cardinality, related } = associationFor(owner, name);
  const choice = declaredInput(owner, name)[tool];
  const onReplace = t.field({
    type: onReplaceEnum(associationFor(owner, name), tool, choice?.allowed ?? []),
    required: true,
    ...(choice && { defaultValue: choice.chosen }),
    description: 'What becomes of what is there and not listed.',
  });
  if (cardinality === 'one') return { onReplace };
  return {
    onReplace,
    scope: t.field({
      type: whereInput(related),
      description:
        'Only what matches counts as there: the rest is neither compared nor touched. {} means all. New rows need not match.',
    }),
    expectedIds: t.field({
      type: ['ID'],
      description:
        'The ids that the client believes to be there now (within scope). Where it is another set the answer is StaleEntry, and nothing is written.',
    }),
  };
}

/** The reference to a record: CommentRef. */
function refInput(owner: Aggregate, name: string): InputType {
  const { model } = relatedOf(owner, name);
  const names = ['id', ...refFields(model)];
  return inputNamed(`${model}Ref`, {
    isOneOf: true,
    description:
      names.length === 1
        ? `A ${model} by its id.`
        : `A ${model} by exactly one of: ${names.join(', ')}.`,
    fields: (t) =>
      Object.fromEntries(
        names.map((field) => [
          field,
          t.field({
            type: field === 'id' ? 'ID' : 'String',
            description: `The ${model} of this ${field}.`,
          }),
        ]),
      ),
  });
}

/**
 * Every field by which some put lets a model be named: its reference is one type wherever it is
 * used.
 */
function refFields(model: string): readonly string[] {
  const names = [...aggregates.values()].flatMap((aggregate) =>
    Object.entries(aggregate.associations).flatMap(([name, { put }]) =>
      associationFor(aggregate, name).related.name === model ? (put?.by ?? []) : [],
    ),
  );
  return [...new Set(names)];
}

/** The input of a record that is built through an association: BuildComment. */
export function buildInput(owner: Aggregate, name: string): InputType {
  const related = relatedOf(owner, name);
  const { fields = [], nested = [] } = owner.associations[name]?.build ?? {};
  return recordInput(`Build${related.model}`, related, {
    purpose: 'build',
    fields,
    nested,
    inputOf: associationInput,
    description: `A new ${related.model}, made through the record it belongs to.`,
  });
}

function declaredInput(owner: Aggregate, name: string): AssociationWrites {
  return owner.associations[name] ?? {};
}

function associationFor(owner: Aggregate, name: string): Association {
  return associationOf(getModel(models, owner.model), name);
}

function relatedOf(owner: Aggregate, name: string): Aggregate {
  const { name: model } = associationFor(owner, name).related;
  const related = aggregates.get(model);
  if (related) return related;
  throw new Error(
    `the aggregate of ${model} is not declared: name it as the part of ${owner.model}.${name}.`,
  );
}
