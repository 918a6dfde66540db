import { wideLimits } from './limits.ts';
import type { Aggregate } from '../../src/domain/aggregate.ts';
import type { Domain } from '../../src/domain/domain.ts';
import { mutate, type MutateOptions, type Setup } from '../../src/mutation/mutate.ts';
import { standardMutationLimits } from '../../src/mutation/mutate.ts';
import type { Request, Result } from '../../src/mutation/request.ts';

/** What a test says of a request; its aggregate by name, and of a build the association. */
export type Asked = {
  readonly kind: Request['kind'];
  readonly model: string;
  readonly id?: string;
  readonly association?: string;
  readonly input?: Readonly<Record<string, unknown>>;
};

/** Runs one mutation of a domain, without GraphQL: a scope is a condition in Prisma's words. */
export function runMutation(
  setup: Partial<Setup> & Pick<Setup, 'client' | 'domain'>,
  asked: Asked,
  options?: MutateOptions,
): Promise<Result> {
  return mutate(
    {
      limits: { ...standardMutationLimits, ...wideLimits },
      toWhere: (_association, scope) => Object(scope) as object,
      idempotencyTable: 'idempotency_keys',
      context: { asker: { kind: 'open' } },
      ...setup,
    },
    requestOf(setup.domain, asked),
    options,
  );
}

/** The issues of a result in short: `LENGTH comments`. */
export function issuesOf(result: Result): readonly string[] {
  if (result.kind !== 'invalid') return [result.kind];
  return result.issues.map(({ code, path }) => `${code} ${path.join('.')}`);
}

/** The writes of a result in short: `insert Comment body: "a"`. */
export function writesOf(result: Result): readonly string[] {
  if (!('plan' in result)) return issuesOf(result);
  return result.plan.operations.flatMap((operation) => {
    if (operation.action === 'unchanged') return [];
    const values =
      operation.action === 'insert'
        ? operation.values
        : operation.action === 'update'
          ? operation.changes
          : {};
    const shown = Object.entries(values).flatMap(([name, value]) =>
      typeof value === 'string' ? [`${name}: ${value}`] : [],
    );
    return [[operation.action, operation.model, ...shown].join(' ')];
  });
}

function requestOf(
  domain: Domain,
  { kind, model, id = '', association, input = {} }: Asked,
): Request {
  const aggregate = domain.aggregate(model);
  switch (kind) {
    case 'create':
      return { kind, aggregate, input };
    case 'update':
      return { kind, aggregate, id, input };
    case 'delete':
      return { kind, aggregate, id, lockVersion: null };
    case 'build':
      return { kind, aggregate, id, input, association: builtOf(aggregate, association) };
    default:
      return kind satisfies never;
  }
}

function builtOf({ associations }: Aggregate, name = '') {
  const tools = associations.get(name);
  const build = tools?.build;
  if (!tools || !build) throw new Error(`nothing is built through ${name}`);
  return { ...tools, build };
}
