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

/** What the page is told by an event of the window once the service takes the token no longer. */
export const SIGNED_OUT = 'signed-out';

/** As fetch; a token that the service refuses is forgotten: it holds never again. */
export async function fetchSigned(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  const sent = new Headers(request[1]?.headers).get('authorization');
  const kept = new Headers(authorization()).get('authorization');
  if (response.status === 401 && sent !== null && sent === kept) {
    keepToken('');
    dispatchEvent(new Event(SIGNED_OUT));
  }
  return response;
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
