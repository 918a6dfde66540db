import { z } from 'zod';
import type { Value, Values } from '../../src/model/value.ts';
import { action, operation, value, values } from './operation.ts';

/*
 * The form of a recorded case.
 */

/** Rows by table. */
export type Rows = { readonly [table: string]: readonly Values[] };

const rows: z.ZodType<Rows> = z.record(z.string(), z.array(values));
const path = z.array(z.union([z.string(), z.number()]));

const expectation = z.strictObject({
  status: z.enum(['ok', 'invalid', 'raises']),
  errors: z.array(z.strictObject({ path, message: z.string() })).optional(),
  actions: z
    .array(
      z.strictObject({
        path,
        action: action.nullable(),
        model: z.string(),
        id: value,
        changes: values,
      }),
    )
    .optional(),
  exception: z.string().optional(),
  message: z.string().optional(),
  raisedIn: z.enum(['load', 'changeset', 'repo']).optional(),
  writes: z.array(z.tuple([z.string(), z.string()])).optional(),
  transaction: z.boolean().optional(),
  reads: z.number().optional(),
  result: value.optional(),
  rows: rows.optional(),
});

/** What Ecto did, or what is expected instead. */
export type Expectation = z.infer<typeof expectation>;

/** Recorded errors. */
export type Errors = NonNullable<Expectation['errors']>;

/** Changesets of a recorded tree, flattened. */
export type Actions = NonNullable<Expectation['actions']>;

/** Where something is below the root. */
export type Path = Errors[number]['path'];

/**
 * A changeset that a function with a `!` raises is invalid like one that the others answer with.
 */
function withoutBang(expected: Expectation): Expectation {
  const { exception, message: _message, raisedIn: _in, ...rest } = expected;
  return exception === 'Ecto.InvalidChangesetError' ? { ...rest, status: 'invalid' } : expected;
}

const direction = z.enum(['asc', 'desc']);
const order = z.union([
  z.string(),
  z.tuple([direction, z.string()]),
  z.partialRecord(direction, z.string()),
]);

/** One column of an order, in one of the forms in which the cases write it. */
export type CaseOrder = z.infer<typeof order>;

const rules = z.strictObject({
  onReplace: z
    .enum(['raise', 'markAsInvalid', 'nilify', 'update', 'delete', 'deleteIfExists'])
    .optional(),
  onDelete: z.enum(['nothing', 'nilifyAll', 'deleteAll']).optional(),
  preloadOrder: z.union([z.array(order), order.transform((only) => [only])]).optional(),
  where: values.optional(),
  defaults: values.optional(),
  unique: z.boolean().optional(),
  joinThrough: z.string().optional(),
});

/** What a case's schema says of one association. */
export type CaseRules = z.infer<typeof rules>;

/**
 * What a case's schema says: rules by association, and whether it has the columns of `lock` and its
 * like.
 */
export interface Associations {
  readonly [key: string]: CaseRules | boolean | undefined;
}

const associations: z.ZodType<Associations> = z
  .object({
    lock: z.boolean().optional(),
    position: z.boolean().optional(),
    counter: z.boolean().optional(),
    timestamps: z.boolean().optional(),
  })
  .catchall(rules);

const recorded = z.strictObject({
  id: z.string(),
  group: z.string(),
  name: z.string(),
  rows,
  associations,
  operation,
  expect: expectation.transform(withoutBang),
});

/** A recorded case. */
export type Case = z.infer<typeof recorded>;

/** A case, or why what was read is none; its names are told as far as they can be read. */
export type ReadCase =
  | { readonly ok: true; readonly case: Case }
  | {
      readonly ok: false;
      readonly id: string;
      readonly group: string;
      readonly name: string;
      readonly problem: string;
    };

/** Reads one recorded case. */
export function readCase(input: Value): ReadCase {
  const read = recorded.safeParse(input);
  if (read.success) return { ok: true, case: read.data };
  const names = z
    .object({
      id: z.string().catch('?'),
      group: z.string().catch('?'),
      name: z.string().catch('?'),
    })
    .catch({ id: '?', group: '?', name: '?' })
    .parse(input);
  const problem = read.error.issues
    .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    .join('; ');
  return { ok: false, ...names, problem: `not of the form: ${problem}` };
}
