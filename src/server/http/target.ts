import type { IncomingMessage } from 'node:http';

/** What a request asks for, and of whom. */
export type Target = {
  /** Without query and fragment: `/graphql`. */
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly search: string;
  /**
   * The names it gives this service, in lower case and without port: of the header, and of the
   * request line if it has one.
   */
  readonly hostNames: readonly string[];
};

/**
 * Reads the target of a request, in the form of a path or of a whole address; null if it or its
 * Host header is malformed.
 */
export function readTarget(request: IncomingMessage): Target | null {
  const { url = '', headersDistinct } = request;
  const hosts = headersDistinct['host'] ?? [];
  if (hosts.length > 1) return null;
  const isPath = url.startsWith('/');
  // A path of two slashes at its start would be taken for a host.
  const address = parse(isPath ? `http://localhost${url}` : url);
  if (address === null) return null;
  const named = isPath ? hosts : [...hosts, authorityOf(url)];
  const hostNames = named.map(readHostName);
  if (!hostNames.every((name) => name !== null)) return null;
  const { pathname: path, search } = address;
  return { path, search, hostNames };
}

/**
 * The name in `name:port`, `127.0.0.1:port` or `[::1]:port`, as a URL writes it; null if it is
 * none.
 */
function readHostName(host: string): string | null {
  if (!HOST.test(host)) return null;
  return parse(`http://${host}`)?.hostname.replace(/\.$/, '') ?? null;
}

const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d*)?$/i;

function authorityOf(url: string): string {
  return url.replace(/^\w+:\/\//, '').replace(/[/?#].*$/s, '');
}

function parse(url: string): URL | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  return parsed.protocol === 'http:' || parsed.protocol === 'https:' ? parsed : null;
}
