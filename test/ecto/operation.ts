import { z } from 'zod';
import type { Value, Values } from '../../src/model/value.ts';

/*
 * The form of what a case does. What is not of this form is refused: a case that asks for something
 * the interpreter does not know must not pass by chance.
 */

/** Whatever JSON can hold is a value of some column. */
export const value = z.custom<Value>();

/** Values by field. */
export const values = z.custom<Values>(
  (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
);
const query = z.strictObject({
  from: z.string(),
  where: z.array(z.tuple([z.string(), z.string(), value])).optional(),
  order_by: z.array(z.tuple([z.enum(['asc', 'desc']), z.string()])).optional(),
  limit: z.number().optional(),
  get preload(): z.ZodOptional<z.ZodArray<z.ZodType<CasePreload>>> {
    return z.array(preload).optional();
  },
});

/** Which rows a preload reads. */
export type CaseQuery = z.infer<typeof query>;

/**
 * What to preload: an association, or one with what lies below it, or of those that a query gives.
 */
export type CasePreload =
  | string
  | {
      readonly assoc: string;
      readonly preload?: readonly CasePreload[] | undefined;
      readonly query?: CaseQuery | undefined;
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
  z.strictObject({
    all: z.string(),
    ids: z.array(value).optional(),
    preload: z.array(preload).optional(),
  }),
  z.strictObject({ mixed: z.array(z.union([z.null(), stored, fresh])) }),
]);

/** The record that an operation starts from, or several. */
export type Root = z.infer<typeof root>;

/** A record as an operation names it. */
export type Named = z.infer<typeof stored> | z.infer<typeof fresh>;

/** What is done with a record. */
export const action = z.enum(['insert', 'update', 'delete', 'replace', 'ignore']);

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

/**
 * A value of a field that is an association, as one that put_assoc is given; what is none is taken
 * as it is.
 */
export function readPutValue(given: Value): PutValue {
  const read = putValue.safeParse(given);
  // Not what was read: records are fetched by the very objects that name them.
  return read.success ? (given as PutValue) : { raw: given };
}

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
  puts: z.array(z.strictObject({ assoc: z.string(), value: putValue })).optional(),
  lock: z.string().optional(),
  constraints: z.array(constraint).optional(),
};

const nestedObject = z.strictObject({ arity: z.number().optional(), ...steps });
const nested: z.ZodType<Spec> = nestedObject;

/** The steps that make a changeset, of the root or (`with`) of a child. */
export interface Spec extends z.infer<z.ZodObject<typeof steps>> {
  readonly arity?: number | undefined;
}

/** The functions of a repo; those with a `!` raise where the others answer with the changeset. */
const repoFunction = z.enum([
  'insert',
  'insert!',
  'update',
  'update!',
  'delete',
  'delete!',
  'insert_or_update',
  'insert_or_update!',
]);

/** What a case does. */
export const operation = z.strictObject({
  kind: z.string(),
  root,
  params: value.optional(),
  ...steps,
  before_sql: z.array(z.string()).optional(),
  meanwhile: z.array(z.string()).optional(),
  set_action: action.nullable().optional(),
  repo: repoFunction.optional(),
  repo_opts: z
    .strictObject({
      stale_error_field: z.string().optional(),
      stale_error_message: z.string().optional(),
      allow_stale: z.boolean().optional(),
      force: z.boolean().optional(),
      returning: z.union([z.boolean(), z.array(z.string())]).optional(),
    })
    .optional(),
  preload: z.array(preload).optional(),
  force: z.boolean().optional(),
  opts: z
    .strictObject({
      force: z.boolean().optional(),
      in_parallel: z.boolean().optional(),
    })
    .optional(),
  assoc: z.string().optional(),
  attributes: values.optional(),
});

/** What a case does. */
export type Operation = z.infer<typeof operation>;
