/**
 * Who sends a request: a person whom a token names, somebody without one, or anyone at all, of a
 * service that is open.
 */
export type Asker = Person | { readonly kind: 'anonymous' } | { readonly kind: 'open' };

/** A person, by the subject of a token; an admin may do everything. */
export interface Person {
  readonly kind: 'person';
  readonly issuer: string;
  readonly subject: string;
  readonly isAdmin: boolean;
}

/**
 * Whose idempotency keys are used; null of an open service, whose keys are everybody's. Who is nobody
 * writes nothing, no key either.
 */
export function keyOwner(asker: Asker): string | null | undefined {
  if (asker.kind === 'open') return null;
  return asker.kind === 'person' ? JSON.stringify([asker.issuer, asker.subject]) : undefined;
}
