import { withArticle } from '../changeset/assert.ts';
import type { Aggregate, AssociationTools, BuiltAssociation } from '../domain/aggregate.ts';
import { assertCreatable } from '../domain/assert-creatable.ts';
import { mutate } from '../mutation/mutate.ts';
import type { Request, Result, Success } from '../mutation/request.ts';
import type { ToWhere } from '../mutation/input/read-input.ts';
import type { RetryReason } from '../repo/errors/backoff.ts';
import { buildInput } from './input/association-input.ts';
import { readIdempotencyKey, type WriteOptions, writeOptionsInput } from './input/write-options.ts';
import type { Field, Fields, MutationFields } from './builder.ts';
import { lowerFirst, upperFirst } from './names.ts';
import type { Parts } from './parts.ts';
import { resultType } from './result/result.ts';
import { tellChange } from './live/tell-change.ts';
import { INPUT, shownResult } from './result/result-paths.ts';
import { makeMeasure } from './filter/measure.ts';
import { toPrismaScope } from './filter/to-prisma-where.ts';
import { assertScopesSent } from './input/absent-scope.ts';
import { createInput, updateInput } from './input/root-input.ts';

/** Which mutations a model gets beside update and delete. */
export interface MutationsOptions {
  /** Whether it gets the create. Default true; false for what is only created through its owner. */
  readonly create?: boolean;
  /**
   * The associations through which single records are built, by a mutation of their own each.
   * Default all that have the tool build, but for a many_to_many.
   */
  readonly build?: readonly string[];
}

/**
 * The mutations of a model: createPost, updatePost, deletePost, buildPostComment.
 * @throws Error for a column that no new record could fill.
 */
export function mutationFields(
  parts: Parts,
  t: MutationFields,
  aggregate: Aggregate,
  { create = true, build }: MutationsOptions = {},
): Fields {
  const { name } = aggregate.model;
  const built = [...aggregate.associations.values()].filter(isBuilt);
  const chosen = build?.map((association) => builtNamed(aggregate, built, association)) ?? built;
  assertCreatable(aggregate, { create, built: chosen });
  return {
    ...(create && { [`create${name}`]: createField(parts, t, aggregate) }),
    [`update${name}`]: updateField(parts, t, aggregate),
    [`delete${name}`]: deleteField(parts, t, aggregate),
    ...Object.fromEntries(
      chosen.map((tools) => [
        `build${name}${upperFirst(tools.singular)}`,
        buildField(parts, t, aggregate, tools),
      ]),
    ),
  };
}

/** A record alone cannot be linked: what is built through a many_to_many is so with its owner. */
function isBuilt(tools: AssociationTools): tools is BuiltAssociation {
  return tools.build !== undefined && tools.association.kind !== 'manyToMany';
}

function builtNamed(
  { model }: Aggregate,
  built: readonly BuiltAssociation[],
  name: string,
): BuiltAssociation {
  const found = built.find(({ association }) => association.name === name);
  if (found) return found;
  const names = built.map(({ association }) => association.name).join(', ') || 'none';
  throw new Error(`nothing is built through "${name}" of ${model.name}. What is: ${names}.`);
}

/** createX: a new record and what belongs to it. */
function createField(parts: Parts, t: MutationFields, aggregate: Aggregate): Field {
  const { name } = aggregate.model;
  return t.field({
    type: resultType(parts, `Create${name}`, aggregate.model),
    nullable: true,
    description: `Creates ${withArticle(name)} and what belongs to it.`,
    args: {
      input: t.arg({
        type: createInput(parts, aggregate),
        required: true,
        description: 'The record.',
      }),
      options: optionsArg(parts, t),
    },
    resolve(_root, { input, options }, context, info) {
      assertScopesSent(info);
      return run(parts, context, { kind: 'create', aggregate, input }, options);
    },
  });
}

/** updateX: changes of a stored record and of what belongs to it. */
function updateField(parts: Parts, t: MutationFields, aggregate: Aggregate): Field {
  const { name } = aggregate.model;
  return t.field({
    type: resultType(parts, `Update${name}`, aggregate.model),
    nullable: true,
    description: `Changes ${withArticle(name)} and what belongs to it.`,
    args: {
      id: idArg(t, aggregate),
      input: t.arg({
        type: updateInput(parts, aggregate),
        required: true,
        description: 'The changes.',
      }),
      options: optionsArg(parts, t),
    },
    resolve(_root, { id, input, options }, context, info) {
      assertScopesSent(info);
      return run(parts, context, { kind: 'update', aggregate, id, input }, options);
    },
  });
}

/** deleteX: a stored record, with what goes with it. */
function deleteField(parts: Parts, t: MutationFields, aggregate: Aggregate): Field {
  const { name, version } = aggregate.model;
  return t.field({
    type: resultType(parts, `Delete${name}`, aggregate.model),
    nullable: true,
    description: `Deletes ${withArticle(name)}, with what goes with it.`,
    args: {
      id: idArg(t, aggregate),
      ...(version !== null && {
        lockVersion: t.arg.int({
          required: false,
          description: `The ${version} that the client read: where it is another one now, the answer is StaleEntry.`,
        }),
      }),
      options: optionsArg(parts, t),
    },
    resolve: (_root, { id, lockVersion = null, options }, context) =>
      run(
        parts,
        context,
        { kind: 'delete', aggregate, id, lockVersion: lockVersion ?? null },
        options,
      ),
  });
}

/** buildXY: a new record through its owner. */
function buildField(
  parts: Parts,
  t: MutationFields,
  owner: Aggregate,
  association: BuiltAssociation,
): Field {
  const { name } = owner.model;
  const { model } = association.related;
  return t.field({
    type: resultType(parts, `Build${name}${upperFirst(association.singular)}`, model),
    nullable: true,
    description: `build_assoc and insert: a new ${model.name} through its ${name}; the others are not read. Unknown ${name}: NotFound.`,
    args: {
      ...ownerArg(t, name),
      input: t.arg({
        type: buildInput(parts, association.build),
        required: true,
        description: 'The record.',
      }),
      options: optionsArg(parts, t),
    },
    resolve(_root, { input, options, ...ownerId }, context, info) {
      assertScopesSent(info);
      const [given] = Object.values(ownerId);
      const id = typeof given === 'string' ? given : '';
      const request = { kind: 'build', aggregate: owner, id, association, input } as const;
      return run(parts, context, request, options);
    },
  });
}

/** The owner's id, the only argument whose name is not the same everywhere: postId. */
function ownerArg(t: MutationFields, model: string) {
  const arg = t.arg.id({ required: true, description: `The id of the ${model}.` });
  const name: `${string}Id` = `${lowerFirst(model)}Id`;
  return { [name]: arg };
}

function idArg(t: MutationFields, { model }: Aggregate) {
  return t.arg.id({
    required: true,
    description: `The id of the ${model.name}; what is no id is NotFound.`,
  });
}

function optionsArg(parts: Parts, t: MutationFields) {
  return t.arg({
    type: writeOptionsInput(parts),
    required: false,
    description: 'How to run it.',
  });
}

async function run(
  parts: Parts,
  context: object,
  request: Request,
  options: WriteOptions | null | undefined,
): Promise<Result> {
  const { client, domain, inputLimits, limits, loaders, policy, onWrite, onError } = parts;
  parts.signal(context)?.throwIfAborted();
  const measure = makeMeasure(inputLimits);
  const toWhere: ToWhere = ({ related }, scope, at) =>
    toPrismaScope(related, scope, [...INPUT, ...at.map(String)], measure);
  const channel = parts.channel(context);
  const owner = parts.idempotencyOwner(context);
  const key = readIdempotencyKey(options?.idempotencyKey ?? null);
  const setup = {
    client: client(context),
    domain,
    limits: limits(context),
    writeWay: parts.writeWay(context),
    lockTurns: parts.lockTurns(context),
    onRetry: (reason: RetryReason) => parts.onRetry(context, reason),
    toWhere,
    context,
    idempotencyTable: parts.idempotencyTable,
    idempotencyOwner: owner ?? null,
    ...policy,
    ...(channel && { beforeCommit: tellChange(parts, channel.name, request) }),
    onWrite(success: Success) {
      onWrite(context, success);
      loaders(context).clear();
    },
    ...(onError && { onError: (error: unknown) => onError(context, error) }),
  };
  const result = await mutate(setup, request, {
    dryRun: options?.dryRun ?? false,
    idempotencyKey: owner === undefined ? null : key,
  });
  parts.onResult(context, result);
  return shownResult(request, result);
}
