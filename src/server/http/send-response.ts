import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { closeOf } from './close-of.ts';

/**
 * Sends an answer and returns when it is sent, or when the client has hung up, which is no error. A
 * client that takes nothing of it for `patience` ms is cut off. Without a patience the answer is a
 * stream, of which that is looked at elsewhere.
 */
export async function sendResponse(
  answer: Response,
  response: ServerResponse,
  patience: number | null,
): Promise<void> {
  if (response.destroyed) return;
  const headers = Object.fromEntries(answer.headers);
  if (patience === null && answer.body !== null) {
    response.writeHead(answer.status, headers);
    return sendStream(answer.body, response);
  }
  // It is there as a whole: as a stream it would take a chain of them.
  const text = await answer.text();
  const length = text === '' ? {} : { 'content-length': Buffer.byteLength(text) };
  response.writeHead(answer.status, { ...headers, ...length });
  if (patience !== null) response.setTimeout(patience, () => response.destroy());
  response.end(text);
  await closeOf(response);
}

async function sendStream(
  body: NonNullable<Response['body']>,
  response: ServerResponse,
): Promise<void> {
  try {
    await pipeline(Readable.from(body), response);
  } catch (error) {
    if (!response.destroyed) throw error;
  }
}
