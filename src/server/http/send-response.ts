import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Sends an answer and returns when it is sent, or when the client has hung up, which is no error. A
 * client that takes nothing of it for `patience` ms is cut off; of a stream that is not looked at here.
 */
export async function sendResponse(
  answer: Response,
  response: ServerResponse,
  patience: number | null,
): Promise<void> {
  if (response.destroyed) return;
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) {
    response.end();
    return;
  }
  if (patience !== null) response.setTimeout(patience, () => response.destroy());
  try {
    await pipeline(Readable.from(answer.body), response);
  } catch (error) {
    if (!response.destroyed) throw error;
  }
}
