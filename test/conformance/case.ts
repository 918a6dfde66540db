import { z } from 'zod';
import type { Value, Values } from '../../src/model/value.ts';

/*
 * The form of a recorded case. What is not of this form is refused: a case that
 * asks for something the interpreter does not know must not pass by chance.
 */

// Whatever JSON can hold is a value of some column.
const value = z.custom<Value>();
const values = z.custom<Values>(
  (input) =>
    typeof input === 'object' && input !== null && !Array.isArray(input),
);
const path = z.array(z.union([z.string(), z.number()]));

/** Rows by table. */
export type Rows = { readonly [table: string]: readonly Values[] };
const rows: z.ZodType<Rows> = z.record(z.string(), z.array(values));

const query = z.strictObject({
  from: z.string(),
  where: z.array(z.tuple([z.string(), z.string(), value])).optional(),
  order_by: z.array(z.tuple([z.enum(['asc', 'desc']), z.string()])).optional(),
  get preload(): z.ZodOptional<z.ZodArray<z.ZodType<CasePreload>>> {
    return z.array(preload).optional();
  },
});

/** What to preload: an association, or one with what lies below it, or of those that a query gives. */
export type CasePreload =
  | string
  | {
      readonly assoc: string;
      readonly preload?: readonly CasePreload[] | undefined;
      readonly query?: z.infer<typeof query> | undefined;
    };

const preload: z.ZodType<CasePreload> = z.union([
  z.string(),
  z.strictObject({
    assoc: z.string(),
    get preload() {
      return z.array(preload).optional();
    },
    get query() {
      return query.optional();
    },
  }),
]);

const stored = z.strictObject({
  get: z.string(),
  id: value,
  preload: z.array(preload).optional(),
});
const fresh = z.strictObject({ new: z.string(), fields: values.optional() });

const root = z.union([
  stored,
  fresh,
  z.strictObject({ all: z.string(), preload: z.array(preload).optional() }),
  z.strictObject({ mixed: z.array(z.union([z.null(), stored, fresh])) }),
]);

/** The record that an operation starts from, or several. */
export type Root = z.infer<typeof root>;

/** A record as an operation names it. */
export type Named = z.infer<typeof stored> | z.infer<typeof fresh>;

const action = z.enum(['insert', 'update', 'delete', 'replace', 'ignore']);

/** A value that put_assoc is given. */
export type PutValue =
  | null
  | readonly PutValue[]
  | { readonly struct: string; readonly fields?: Values | undefined }
  | z.infer<typeof stored>
  | { readonly current: Value }
  | {
      readonly changeset_of: PutValue;
      readonly changes?: Values | undefined;
      readonly action?: z.infer<typeof action> | undefined;
      readonly errors?: { readonly [field: string]: string } | undefined;
    }
  | { readonly map: Values }
  | { readonly raw: Value };

const putValue: z.ZodType<PutValue> = z.union([
  z.null(),
  z.array(z.lazy(() => putValue)),
  z.strictObject({ struct: z.string(), fields: values.optional() }),
  stored,
  z.strictObject({ current: value }),
  z.strictObject({
    changeset_of: z.lazy(() => putValue),
    changes: values.optional(),
    action: action.optional(),
    errors: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ map: values }),
  z.strictObject({ raw: value }),
]);

const validation = z.union([
  z.strictObject({ min_length: z.number(), field: z.string() }),
  z.strictObject({ delete_flag: z.string() }),
  z.strictObject({ ignore_flag: z.string() }),
  z.strictObject({ force_action: action }),
]);

const constraint = z.strictObject({
  type: z.enum([
    'unique_constraint',
    'foreign_key_constraint',
    'assoc_constraint',
    'no_assoc_constraint',
    'check_constraint',
  ]),
  field: z.union([z.string(), z.array(z.string())]),
  name: z.string().optional(),
  message: z.string().optional(),
  match: z.enum(['exact', 'prefix', 'suffix']).optional(),
  error_key: z.string().optional(),
});

/** A constraint that a changeset declares. */
export type CaseConstraint = z.infer<typeof constraint>;

const castAssoc = z.strictObject({
  assoc: z.string(),
  get with(): z.ZodOptional<z.ZodType<Spec>> {
    return nested.optional();
  },
  required: z.boolean().optional(),
  requiredMessage: z.string().optional(),
  invalidMessage: z.string().optional(),
  forceUpdateOnChange: z.boolean().optional(),
  sortParam: z.string().optional(),
  dropParam: z.string().optional(),
});

const steps = {
  permit: z.array(z.string()).optional(),
  change: values.optional(),
  required: z.array(z.string()).optional(),
  validate: z.array(validation).optional(),
  casts: z.array(castAssoc).optional(),
  puts: z
    .array(z.strictObject({ assoc: z.string(), value: putValue }))
    .optional(),
  lock: z.string().optional(),
  constraints: z.array(constraint).optional(),
};

const nestedObject = z.strictObject({ arity: z.number().optional(), ...steps });
const nested: z.ZodType<Spec> = nestedObject;

/** The steps that make a changeset, of the root or (`with`) of a child. */
export interface Spec extends z.infer<z.ZodObject<typeof steps>> {
  readonly arity?: number | undefined;
}

const operation = z.strictObject({
  kind: z.string(),
  root,
  params: value.optional(),
  ...steps,
  before_sql: z.array(z.string()).optional(),
  meanwhile: z.array(z.string()).optional(),
  repo: z.enum(['insert', 'update', 'delete', 'insert_or_update']).optional(),
  repo_opts: z
    .strictObject({
      stale_error_field: z.string().optional(),
      allow_stale: z.boolean().optional(),
    })
    .optional(),
  preload: z.array(preload).optional(),
  force: z.boolean().optional(),
  assoc: z.string().optional(),
  attributes: values.optional(),
});

/** What a case does. */
export type Operation = z.infer<typeof operation>;

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

const order = z.union([
  z.string(),
  z.tuple([z.enum(['asc', 'desc']), z.string()]),
]);

const rules = z.strictObject({
  onReplace: z
    .enum([
      'raise',
      'markAsInvalid',
      'nilify',
      'update',
      'delete',
      'deleteIfExists',
    ])
    .optional(),
  onDelete: z.enum(['nothing', 'nilifyAll', 'deleteAll']).optional(),
  preloadOrder: z.array(order).optional(),
  where: values.optional(),
  defaults: values.optional(),
  unique: z.boolean().optional(),
  joinThrough: z.string().optional(),
});

/** What a case's schema says of one association. */
export type CaseRules = z.infer<typeof rules>;

/** What a case's schema says: rules by association, and whether it has the columns of `lock` and its like. */
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
  expect: expectation,
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
