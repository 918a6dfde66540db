import { withArticle } from '../../changeset/assert.ts';
import type { AssociationTools, EntryShape } from '../../domain/aggregate.ts';
import type { Model } from '../../model/model.ts';
import type { InputFields } from '../builder.ts';
import { scopeExtension } from './absent-scope.ts';
import { type InputFieldMap, type InputType, inputNamed } from './input-type.ts';
import { baseName, upperFirst } from '../names.ts';
import { onReplaceEnum } from './on-replace-enum.ts';
import { onUnknownEnum } from './on-unknown-enum.ts';
import type { Parts } from '../parts.ts';
import { columnOf } from '../read/column.ts';
import { typeOf } from '../read/column-type.ts';
import { recordInput } from './record-input.ts';
import { whereInput } from '../filter/where.ts';

/*
 * The inputs of an association. The domain declares which tools a client may use on it; the whole
 * family of input types follows from that, by name: the one that holds the tools
 * (PostCommentsInput), the tools (CastPostComments, PutPostComments), their entries (CastComment,
 * BuildComment) and references (CommentRef).
 */

/** The input that holds the tools of an association: PostCommentsInput. */
export function associationInput(parts: Parts, tools: AssociationTools): InputType {
  const { association, cast, put, build } = tools;
  const names = Object.entries({ cast, put, build }).flatMap(([tool, declared]) =>
    declared ? [tool] : [],
  );
  const isMany = association.cardinality === 'many';
  return inputNamed(parts, `${baseName(parts, association)}Input`, {
    description: `Exactly one of: ${names.join(', ')}.`,
    isOneOf: true,
    fields: (t) => ({
      ...(cast && {
        cast: t.field({
          type: castInput(parts, tools, cast),
          required: false,
          description: isMany
            ? 'cast_assoc: the list becomes the association, with the fewest changes.'
            : 'cast_assoc: the entry becomes the associated record.',
        }),
      }),
      ...(put && {
        put: t.field({
          type: putInput(parts, tools, put),
          required: false,
          description: 'put_assoc: references only; no other field of the records changes.',
        }),
      }),
      ...(build && {
        build: isMany
          ? t.field({
              type: [buildInput(parts, build)],
              required: false,
              description: 'build_assoc: adds; what is there already is neither read nor touched.',
            })
          : t.field({
              type: buildInput(parts, build),
              required: false,
              description: 'build_assoc: a new record; over one that is there it is refused.',
            }),
      }),
    }),
  });
}

function castInput(
  parts: Parts,
  tools: AssociationTools,
  cast: NonNullable<AssociationTools['cast']>,
): InputType {
  const { association } = tools;
  const related = association.related.name;
  const isMany = association.cardinality === 'many';
  const entry = recordInput(parts, cast.entry ?? `Cast${related}`, cast, {
    purpose: 'cast',
    inputOf: associationInput,
    removable: isMany,
    description: isMany
      ? `With id: the ${related} that is there. Without: a new one. delete or lockVersion without id is REQUIRED at id, delete beside other fields CONFLICTING_INPUT. A new owner has none yet: any id is NOT_IN_ASSOCIATION${cast.relate ? ' (use put, or RELATE)' : ''}.`
      : `With the id of the ${related} that is there: its changes. Without, or with another id: as onReplace says.`,
  });
  return inputNamed(parts, `Cast${baseName(parts, association)}`, {
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
              required: false,
              description:
                'What the associated record is to be. null removes it, under onReplace; absent is REQUIRED.',
            }),
          }),
      ...termFields(parts, t, tools, 'cast'),
    }),
  });
}

function putInput(
  parts: Parts,
  tools: AssociationTools,
  put: NonNullable<AssociationTools['put']>,
): InputType {
  const { association } = tools;
  const ref = refInput(parts, association.related);
  return inputNamed(parts, `Put${baseName(parts, association)}`, {
    description: 'put_assoc: works on references.',
    fields: (t) => ({
      ...(association.cardinality === 'many'
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
              required: false,
              description:
                'The record to associate. null removes the one that is there, under onReplace; absent is REQUIRED.',
            }),
          }),
      ...(put.create && {
        create: t.field({
          type: 'Boolean',
          required: true,
          defaultValue: false,
          description:
            'Makes a record for a name that nobody has yet, instead of UNKNOWN_REF; one made meanwhile is linked.',
        }),
      }),
      ...termFields(parts, t, tools, 'put'),
    }),
  });
}

/**
 * What a cast or put says of what is there: onReplace, of a cast onUnknown, and of a list its scope
 * and the ids expected in it.
 */
function termFields(
  parts: Parts,
  t: InputFields,
  { association, ...tools }: AssociationTools,
  tool: 'cast' | 'put',
): InputFieldMap {
  const { cardinality, related, rules } = association;
  const choice = tools[tool];
  const onReplace = t.field({
    type: onReplaceEnum(parts, association, tool, choice?.allowed ?? []),
    required: true,
    ...(choice && { defaultValue: choice.default }),
    description: 'What becomes of what is there and not listed.',
  });
  const terms = { onReplace, ...(tool === 'cast' && tools.cast?.relate && unknownField(parts, t)) };
  if (cardinality === 'one') return terms;
  return {
    ...terms,
    scope: t.field({
      type: whereInput(parts, related),
      required: false,
      description:
        'Only what matches counts as there: the rest is neither compared nor touched. New rows need not match. Leave it out for all: null, {} and any part without a condition are refused, and so are conditions on associations.',
      extensions: scopeExtension,
    }),
    expectedIds: t.field({
      type: ['ID'],
      required: false,
      description: `The ids that the client believes to be there now (within scope). Where it is another set ${rules.position === null ? '' : 'or another order '}the answer is StaleEntry, and nothing is written.`,
    }),
  };
}

function unknownField(parts: Parts, t: InputFields): InputFieldMap {
  return {
    onUnknown: t.field({
      type: onUnknownEnum(parts),
      required: true,
      defaultValue: 'issue',
      description:
        'What an id means that is not here. RELATE: the record that has it comes here from elsewhere, with the changes of its entry, also to a new owner. A foreign key moves, an UPDATE at the entry, and the onReplace of the list that it leaves is not asked; of a many_to_many it is a LINK. What is here though outside the scope is changed in place. With delete, or where nobody has the id: as MARK_AS_INVALID. expectedIds does not count it. Related and changed in another place of the request: CONFLICTING_INPUT, but what another list leaves out moves.',
    }),
  };
}

/** The reference to a record: CommentRef. */
function refInput(parts: Parts, related: Model): InputType {
  const { name: model } = related;
  const names = ['id', ...refFields(parts, model)];
  return inputNamed(parts, `${model}Ref`, {
    isOneOf: true,
    description:
      names.length === 1
        ? `${upperFirst(withArticle(model))} by its id.`
        : `${upperFirst(withArticle(model))} by exactly one of: ${names.join(', ')}.`,
    fields: (t) =>
      Object.fromEntries(
        names.map((field) => [
          field,
          t.field({
            type: field === 'id' ? 'ID' : typeOf(parts, related, columnOf(related, field)),
            required: false,
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
function refFields({ domain }: Parts, model: string): readonly string[] {
  const names = [...domain.aggregates.values()].flatMap(({ associations }) =>
    [...associations.values()].flatMap(({ association, put }) =>
      association.related.name === model ? (put?.by ?? []) : [],
    ),
  );
  return [...new Set(names)];
}

/** The input of a record that is built through an association: BuildComment. */
export function buildInput(parts: Parts, build: EntryShape): InputType {
  const { name } = build.aggregate.model;
  return recordInput(parts, build.entry ?? `Build${name}`, build, {
    purpose: 'build',
    inputOf: associationInput,
    description: `A new ${name}, made through the record it belongs to.`,
  });
}
