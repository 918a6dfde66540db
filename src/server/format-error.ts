import { withoutPasswords } from './logger.ts';

/** The reason of a failure in one line, without a password. */
export function formatError(error: unknown): string {
  // A host of several addresses fails with one error for each and no text.
  if (error instanceof AggregateError) {
    return error.errors.map(formatError).join(', ');
  }
  const text = error instanceof Error ? error.message : String(error);
  if (NO_PASSWORD.test(text)) {
    return 'it asks for a password, and DATABASE_URL has none';
  }
  return withoutPasswords(text.trim().replaceAll(/\s*\n\s*/g, ' '));
}

// The driver's words for it.
const NO_PASSWORD = /^SASL: .* client password must be a/;
