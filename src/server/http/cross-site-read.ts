import type { IncomingMessage } from 'node:http';
import type { AllowedOrigins } from './cors.ts';

/**
 * Whether a page of another site asks, whose origin is not allowed: an `<img>` of any page can send
 * a GET without asking first.
 */
export function isForeignRead({ headers }: IncomingMessage, allowed: AllowedOrigins): boolean {
  const { origin } = headers;
  if (origin !== undefined && isAllowed(origin, allowed)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return origin !== undefined && origin.replace(/^https?:\/\//, '') !== headers.host;
}

function isAllowed(origin: string, allowed: AllowedOrigins): boolean {
  return allowed.includes(origin) || allowed.includes('*');
}
