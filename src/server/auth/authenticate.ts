import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyOptions,
} from 'jose';
import type { Asker, Person } from '../../blog/asker.ts';
import type { AuthSettings } from './auth-settings.ts';

/** Who asks, or why that cannot be said: the token is refused, or nobody can check it now. */
export type Identity =
  Exclude<Asker, Person> | Bearer | { readonly kind: 'refused' } | UncheckedToken;

/** A person, and when the token ends, in ms since 1970. */
export type Bearer = Person & { readonly expiresAt: number };

/** A token that could not be checked, and why. */
export type UncheckedToken = { readonly kind: 'unchecked'; readonly error: unknown };

/** Finds out who asks by the header `authorization`. */
export type Authenticate = (authorization: string | null) => Promise<Identity>;

/** Makes what finds out who asks; without settings the service is open, whatever is sent. */
export function makeAuthenticate(settings: AuthSettings | null): Authenticate {
  if (settings === null) return () => Promise.resolve({ kind: 'open' });
  const verify = makeVerify(settings);
  return async (authorization) => {
    if (authorization === null) return { kind: 'anonymous' };
    const [, token] = /^bearer +([\w.-]+) *$/i.exec(authorization) ?? [];
    if (token === undefined) return { kind: 'refused' };
    try {
      return personOf(await verify(token)) ?? { kind: 'refused' };
    } catch (error) {
      const isRefused = error instanceof errors.JOSEError && !UNREACHABLE.has(error.code);
      return isRefused ? { kind: 'refused' } : { kind: 'unchecked', error };
    }
  };
}

/** What jose says where the keys cannot be had; where no connection can be made, it is a TypeError. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  errors.JOSEError.code,
  errors.JWKSInvalid.code,
  errors.JWKSTimeout.code,
]);

function makeVerify({ key, issuer, audience }: AuthSettings) {
  const options: JWTVerifyOptions = {
    requiredClaims: ['sub', 'exp'],
    ...(issuer !== null && { issuer }),
    ...(audience !== null && { audience }),
  };
  const verified = async (verifying: ReturnType<typeof jwtVerify>) => (await verifying).payload;
  if (key.kind === 'secret') {
    const secret = new TextEncoder().encode(key.secret);
    return (token: string) =>
      verified(jwtVerify(token, secret, { ...options, algorithms: ['HS256'] }));
  }
  const keys = createRemoteJWKSet(new URL(key.url), { timeoutDuration: KEYS_TIMEOUT });
  return (token: string) =>
    verified(jwtVerify(token, keys, { ...options, algorithms: ['RS256', 'ES256', 'EdDSA'] }));
}

const KEYS_TIMEOUT = 2_000;

/** The person whom the claims of a token name; undefined where the database could not hold it. */
function personOf({ sub, iss = '', scope, exp = 0 }: JWTPayload): Bearer | undefined {
  if (!isName(sub) || sub === '' || !isName(iss)) return undefined;
  const scopes = typeof scope === 'string' ? scope.split(' ') : [];
  const isAdmin = scopes.includes('admin');
  return { kind: 'person', issuer: iss, subject: sub, isAdmin, expiresAt: exp * 1_000 };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 255 && !/\0|\p{Surrogate}/u.test(value);
}
