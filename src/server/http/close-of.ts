import type { ServerResponse } from 'node:http';

/** Resolves when an answer is sent, or its client has hung up. */
export function closeOf(response: ServerResponse): Promise<void> {
  const known = closes.get(response);
  if (known) return known;
  const close = new Promise<void>((resolve) => {
    if (response.closed) resolve();
    else response.once('close', resolve);
  });
  closes.set(response, close);
  return close;
}

// All who wait for an answer share one listener: Node warns of more than ten.
const closes = new WeakMap<ServerResponse, Promise<void>>();
