import type { ServerResponse } from 'node:http';

/**
 * Sets what keeps browsers from taking an answer for something else, from keeping it, and from
 * showing it in another page.
 */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of SECURITY_HEADERS) {
    response.setHeader(name, value);
  }
}

const SECURITY_HEADERS = [
  ['x-content-type-options', 'nosniff'],
  ['cache-control', 'no-store'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['x-frame-options', 'DENY'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
] as const;
