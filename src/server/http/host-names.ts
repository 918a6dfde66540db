import { isIP } from 'node:net';

/**
 * Whether this service may be called by a name, as `readTarget` gives it: a page of any site can
 * let its own name lead here, but a browser still says that name. Loopback names and addresses are
 * no page's.
 */
export function isOwnName(name: string, names: readonly string[]): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 ||
    names.includes(name)
  );
}
