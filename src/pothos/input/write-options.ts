import { badUserInput } from '../bad-user-input.ts';
import { typeName } from '../names.ts';
import type { Parts } from '../parts.ts';

/** How a mutation is run, as GraphQL coerced it. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly idempotencyKey?: string | null | undefined;
}

/** The input that says how a mutation is run. */
export function writeOptionsInput(parts: Parts) {
  return parts.named('WriteOptions', () =>
    parts.builder.inputType(typeName(parts, 'WriteOptions'), {
      description: 'How a mutation is run.',
      fields: (t) => ({
        dryRun: t.boolean({
          required: true,
          defaultValue: false,
          description:
            'Validate, plan, run against the database so that constraints are checked too, then roll back. Answers DryRun.',
        }),
        idempotencyKey: t.string({
          required: false,
          description:
            'At most 255 characters, made by the client. Same key and same request: the first outcome again, nothing written twice, the record as it is now. Same key, other request: IdempotencyConflict. A request that was refused leaves its key free; a dry run takes no notice of it. Kept for a day, unless the service is set otherwise.',
        }),
      }),
    }),
  );
}

const MAX_KEY = 255;

/**
 * Reads an idempotency key. PostgreSQL's text holds neither NUL nor half of a surrogate pair.
 * @throws GraphQLError BAD_USER_INPUT for a blank one, one too long, and what is no text.
 */
export function readIdempotencyKey(key: string | null): string | null {
  if (key === null) return null;
  const refuse = (problem: string) => badUserInput(['options', 'idempotencyKey'], problem);
  if (key.trim() === '') throw refuse("can't be blank");
  if (Array.from(key).length > MAX_KEY) {
    throw refuse(`should be at most ${MAX_KEY} character(s)`);
  }
  if (/\0|\p{Surrogate}/u.test(key)) throw refuse('is no Unicode text');
  return key;
}
