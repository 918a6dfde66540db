import type { ServerResponse } from 'node:http';

/** Resolves when an answer is sent, or its client has hung up. */
export async function closeOf(response: ServerResponse): Promise<void> {
  if (response.closed) return;
  await new Promise<void>((resolve) => response.once('close', resolve));
}
