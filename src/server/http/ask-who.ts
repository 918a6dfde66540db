import type { Plugin } from 'graphql-yoga';
import type { Authenticate } from '../auth/authenticate.ts';
import type { ServerContext } from './under-way.ts';

/**
 * Finds out who asks before anything of a request is read; it is not served where its token is
 * refused, or cannot be checked.
 */
export function askWho(authenticate: Authenticate): Plugin<object, ServerContext> {
  return {
    async onRequest(event) {
      const { underWay } = event.serverContext;
      const identity = await authenticate(event.request.headers.get('authorization'));
      const refuse = (status: number, code: string, message: string, headers: object) => {
        underWay.account.code = code;
        const errors = [{ message, extensions: { code } }];
        const init = { status, headers: { 'content-type': 'application/json', ...headers } };
        event.endResponse(new event.fetchAPI.Response(`${JSON.stringify({ errors })}\n`, init));
      };
      switch (identity.kind) {
        case 'refused':
          return refuse(401, 'UNAUTHENTICATED', 'The token is not valid, or no longer.', {
            'www-authenticate': 'Bearer error="invalid_token"',
          });
        case 'unchecked':
          underWay.log.error({ err: identity.error }, 'the keys of tokens cannot be read');
          return refuse(503, 'UNAVAILABLE', 'Nobody can check tokens now. Try again later.', {
            'retry-after': '1',
          });
        case 'person':
          underWay.expiresAt = identity.expiresAt;
          underWay.asker = identity;
          return undefined;
        case 'anonymous':
        case 'open':
          underWay.asker = identity;
          return undefined;
        default:
          return identity satisfies never;
      }
    },
  };
}
