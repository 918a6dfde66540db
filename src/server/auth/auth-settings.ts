import { z } from 'zod';
import { flag } from '../setting.ts';

/** Whose tokens are taken. */
export type AuthSettings = {
  /** What signs them: a secret shared with the issuer (HS256), or the keys at an address. */
  readonly key:
    | { readonly kind: 'secret'; readonly secret: string }
    | { readonly kind: 'jwks'; readonly url: string };
  /** The `iss` and the `aud` that a token must have; null for any. */
  readonly issuer: string | null;
  readonly audience: string | null;
};

// A message must not repeat the value: it is a secret.
const SECRET_FORM =
  'AUTH_JWT_SECRET must be at least 32 bytes long; `openssl rand -base64 32` makes one';
const JWKS_FORM = 'AUTH_JWKS_URL must be an address: https://id.example/.well-known/jwks.json';

/** The settings of who asks. */
export const authSettings = {
  AUTH_JWT_SECRET: z
    .string()
    .refine((secret) => Buffer.byteLength(secret) >= 32, SECRET_FORM)
    .optional(),
  AUTH_JWKS_URL: z
    .string()
    .refine((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), JWKS_FORM)
    .optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  AUTH_OPEN: flag('AUTH_OPEN').default(false),
};

type Data = z.infer<z.ZodObject<typeof authSettings>> & { readonly NODE_ENV?: string | undefined };

/** What is wrong with the settings together; undefined where nothing is. */
export function authProblem(data: Data): string | undefined {
  const hasSecret = data.AUTH_JWT_SECRET !== undefined;
  const hasKeys = data.AUTH_JWKS_URL !== undefined;
  if (hasSecret && hasKeys) return 'AUTH_JWT_SECRET and AUTH_JWKS_URL: set one of them';
  if (hasSecret || hasKeys) return undefined;
  if (data.AUTH_ISSUER !== undefined || data.AUTH_AUDIENCE !== undefined)
    return 'AUTH_ISSUER and AUTH_AUDIENCE need AUTH_JWT_SECRET or AUTH_JWKS_URL';
  if (data.NODE_ENV !== 'production' || data.AUTH_OPEN) return undefined;
  return 'everybody could write: set AUTH_JWT_SECRET or AUTH_JWKS_URL, or AUTH_OPEN=true if that is meant';
}

/** Whose tokens are taken; null where everybody may write. */
export function readAuth(data: Data): AuthSettings | null {
  const { AUTH_JWT_SECRET: secret, AUTH_JWKS_URL: url } = data;
  const claims = { issuer: data.AUTH_ISSUER ?? null, audience: data.AUTH_AUDIENCE ?? null };
  if (secret !== undefined) return { key: { kind: 'secret', secret }, ...claims };
  return url === undefined ? null : { key: { kind: 'jwks', url }, ...claims };
}
