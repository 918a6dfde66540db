/* Who asks: a token that somebody has pasted, kept for as long as the tab is open. */

const KEY = 'token';

/** The token; null without one. */
export function readToken(): string | null {
  return sessionStorage.getItem(KEY);
}

/** Keeps a token; an empty one is forgotten. */
export function keepToken(token: string): void {
  if (token === '') sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
}

/** The headers by which the service knows who asks. */
export function authorization(token = readToken()): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** Whom a token names, to be shown; only the service knows whether it holds. */
export function subjectOf(token: string): string {
  try {
    const [, payload = ''] = token.split('.');
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof claims === 'object' && claims !== null && 'sub' in claims
      ? String(claims.sub)
      : 'somebody';
  } catch {
    return 'somebody';
  }
}
