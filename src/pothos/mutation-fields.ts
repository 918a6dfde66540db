import type { Aggregate } from '../mutation/domain.ts';
import { aggregates, models } from '../blog/domain.ts';
import { mutate, type Setup } from '../mutation/mutate.ts';
import type { Request } from '../mutation/request.ts';
import { getModel } from '../model/datamodel/read-models.ts';
import { buildInput } from './input/association-input.ts';
import { badUserInput } from './bad-user-input.ts';
import { builder, type MutationFields } from '../graphql/builder.ts';
import type { Context } from './context.ts';
import { lowerFirst } from './names.ts';
import { associationOf } from './read/object.ts';
import { type Payload, resultType } from './result/result.ts';
import { toPrismaWhere, type WhereInput } from './filter/where.ts';
import { createInput, updateInput } from './input/root-input.ts';

const writeOptions = builder.inputType('WriteOptions', {
  description: 'How a mutation is run.',
  fields: (t) => ({
    dryRun: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'Validate, plan, run against the database so that constraints are checked too, then roll back. Answers DryRun.',
    }),
    idempotencyKey: t.string({
      description:
        'At most 255 characters, made by the client. Same key and same request: the first outcome again, nothing written twice, the record as it is now. Same key, other request: IdempotencyConflict. A request that was refused leaves its key free; a dry run takes no notice of it. Kept for a day, unless the service is set otherwise.',
    }),
  }),
});

/** createX: a new record and what belongs to it. */
export function createField(t: MutationFields, aggregate: Aggregate) {
  return t.field({
    type: result(`Create${aggregate.model}`, aggregate.model),
    description: `Creates a ${aggregate.model} and what belongs to it.`,
    args: {
      input: t.arg({
        type: createInput(aggregate),
        required: true,
        description: 'The record.',
      }),
      options: optionsArg(t),
    },
    resolve: (_root, { input, options }, context) =>
      run(context, { kind: 'create', aggregate, input }, options),
  });
}

/** updateX: changes of a stored record and of what belongs to it. */
export function updateField(t: MutationFields, aggregate: Aggregate) {
  return t.field({
    type: result(`Update${aggregate.model}`, aggregate.model),
    description: `Changes a ${aggregate.model} and what belongs to it.`,
    args: {
      id: idArg(t, aggregate),
      input: t.arg({
        type: updateInput(aggregate),
        required: true,
        description: 'The changes.',
      }),
      options: optionsArg(t),
    },
    resolve: (_root, { id, input, options }, context) =>
      run(context, { kind: 'update', aggregate, id, input }, options),
  });
}

/** deleteX: a stored record, with what goes with it. */
export function deleteField(t: MutationFields, aggregate: Aggregate) {
  const { version } = getModel(models, aggregate.model);
  return t.field({
    type: result(`Delete${aggregate.model}`, aggregate.model),
    description: `Deletes a ${aggregate.model}, with what goes with it.`,
    args: {
      id: idArg(t, aggregate),
      ...(version !== null && {
        lockVersion: t.arg.int({
          description: `The ${version} that the client read: where it is another one now, the answer is StaleEntry.`,
        }),
      }),
      options: optionsArg(t),
    },
    resolve: (_root, { id, lockVersion = null, options }, context) =>
      run(context, { kind: 'delete', aggregate, id, lockVersion: lockVersion ?? null }, options),
  });
}

/** buildXY: a new record through its owner. */
export function buildField(t: MutationFields, owner: Aggregate, association: string) {
  const model = getModel(models, owner.model);
  const { related } = associationOf(model, association);
  return t.field({
    type: result(`Build${owner.model}${related.name}`, related.name),
    description: `build_assoc and insert: a new ${related.name} through its ${owner.model}; the others are not read. Unknown ${owner.model}: NotFound.`,
    args: {
      ...ownerArg(t, owner),
      input: t.arg({
        type: buildInput(owner, association),
        required: true,
        description: 'The record.',
      }),
      options: optionsArg(t),
    },
    resolve: (_root, { input, options, ...ownerId }, context) => {
      const [given] = Object.values(ownerId);
      const id = typeof given === 'string' ? given : '';
      return run(context, { kind: 'build', aggregate: owner, id, association, input }, options);
    },
  });
}

/** The owner's id, the only argument whose name is not the same everywhere: postId. */
function ownerArg(t: MutationFields, { model }: Aggregate) {
  const arg = t.arg.id({
    required: true,
    description: `The id of the ${model}.`,
  });
  const name: `${string}Id` = `${lowerFirst(model)}Id`;
  return { [name]: arg };
}

function idArg(t: MutationFields, { model }: Aggregate) {
  return t.arg.id({
    required: true,
    description: `The id of the ${model}; what is no id is NotFound.`,
  });
}

function optionsArg(t: MutationFields) {
  return t.arg({ type: writeOptions, description: 'How to run it.' });
}

function result(name: string, model: string) {
  return resultType(name, getModel(models, model), lowerFirst(model));
}

interface Options {
  readonly dryRun: boolean;
  readonly idempotencyKey?: string | null | undefined;
}

async function run(
  context: Context,
  request: Request,
  options: Options | null | undefined,
): Promise<Payload> {
  const { client, limits, signal } = context;
  signal.throwIfAborted();
  const setup = { client, models, aggregates, limits, toWhere };
  const answer = await mutate(setup, request, {
    dryRun: options?.dryRun ?? false,
    idempotencyKey: readIdempotencyKey(options?.idempotencyKey ?? null),
  });
  if (answer.kind === 'success') {
    context.progress.written = true;
    context.loaders.clear();
  }
  switch (answer.kind) {
    case 'success':
      return { ...answer, dryRun: false };
    case 'dryRun':
      return { ...answer, dryRun: true };
    default:
      return answer;
  }
}

const MAX_KEY = 255;

/** PostgreSQL's text holds neither NUL nor half of a surrogate pair. */
function readIdempotencyKey(key: string | null): string | null {
  if (key === null) return null;
  const refuse = (problem: string) => badUserInput(['options', 'idempotencyKey'], problem);
  if (key.trim() === '') throw refuse("can't be blank");
  if (Array.from(key).length > MAX_KEY) {
    throw refuse(`should be at most ${MAX_KEY} character(s)`);
  }
  if (/\0|\p{Surrogate}/u.test(key)) throw refuse('is no Unicode text');
  return key;
}

const toWhere: Setup['toWhere'] = ({ related }, scope, at) =>
  toPrismaWhere(related, isWhere(scope) ? scope : null, at.map(String));

function isWhere(value: unknown): value is WhereInput {
  return typeof value === 'object' && value !== null;
}
