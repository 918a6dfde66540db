/**
 * Prints a token for trying: `npm run token -- --sub ann --scope admin`. It is signed with
 * AUTH_JWT_SECRET, for AUTH_ISSUER and AUTH_AUDIENCE, so give it the settings of the service.
 */
import { parseArgs } from 'node:util';
import { SignJWT } from 'jose';
import { textAt } from '../src/repo/errors/constraint-violation.ts';
import { readConfig, StartError } from '../src/server/config.ts';

try {
  const { values } = parseArgs({
    options: {
      sub: { type: 'string' },
      scope: { type: 'string' },
      expires: { type: 'string', default: '1h' },
    },
  });
  if (values.sub === undefined) {
    throw new StartError('usage: npm run token -- --sub ann [--scope admin] [--expires 1h]');
  }
  const { auth } = readConfig(process.env);
  if (auth?.key.kind !== 'secret') {
    throw new StartError('set AUTH_JWT_SECRET to the secret of the service: it signs the token');
  }
  const claims = values.scope === undefined ? {} : { scope: values.scope };
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(values.sub)
    .setIssuedAt();
  setExpiry(token, values.expires);
  if (auth.issuer !== null) token.setIssuer(auth.issuer);
  if (auth.audience !== null) token.setAudience(auth.audience);
  console.log(await token.sign(new TextEncoder().encode(auth.key.secret)));
} catch (error) {
  if (!(error instanceof StartError || isBadArgument(error))) throw error;
  console.error(error.message);
  process.exit(1);
}

function setExpiry(token: SignJWT, expires: string): void {
  try {
    token.setExpirationTime(expires);
  } catch {
    throw new StartError(`--expires is a time such as 90s, 5m or 2 days, not "${expires}"`);
  }
}

function isBadArgument(error: unknown): error is Error {
  return error instanceof Error && textAt(error, 'code')?.startsWith('ERR_PARSE_ARGS_') === true;
}
