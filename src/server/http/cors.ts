import type { Plugin, YogaServerOptions } from 'graphql-yoga';

/** Origins, as `https://app.example`, whose pages may call the service; `*` stands for all. */
export type AllowedOrigins = readonly string[];

/** What pages of other origins may do: all that ours may if they are allowed, else nothing. */
export function corsOf(allowed: AllowedOrigins): Cors {
  return (request) => {
    const origin = request.headers.get('origin');
    if (origin === null) return false;
    if (!allowed.includes(origin) && !allowed.includes('*')) return false;
    return {
      origin: [origin],
      credentials: false,
      exposedHeaders: ['x-request-id', 'retry-after'],
    };
  };
}

type Cors = Extract<YogaServerOptions<object, object>['cors'], (...args: never) => unknown>;

/**
 * Refuses forms: a browser sends them from any page without asking first, and a mutation would be
 * run.
 */
export const refuseForms: Plugin = {
  onRequestParse({ request, fetchAPI, endResponse }) {
    const type = request.headers.get('content-type') ?? '';
    if (!type.startsWith('application/x-www-form-urlencoded')) return;
    endResponse(new fetchAPI.Response(null, { status: 415 }));
  },
};
