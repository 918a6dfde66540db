import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Sends an answer and returns when it is sent, or when the client has hung up, which is no error. A
 * client that takes nothing of it for `patience` ms is cut off.
 */
export async function sendResponse(
  answer: Response,
  response: ServerResponse,
  patience: number,
): Promise<void> {
  if (response.destroyed) return;
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) {
    response.end();
    return;
  }
  response.setTimeout(patience, () => response.destroy());
  try {
    await pipeline(Readable.from(answer.body), response);
  } catch (error) {
    if (!response.destroyed) throw error;
  }
}
