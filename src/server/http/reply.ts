import type { ServerResponse } from 'node:http';
import type { RequestAccount } from '../observe/request-account.ts';

/** Answers with a state, as JSON: `{"status":"ready"}`. */
export function replyStatus(response: ServerResponse, status: number, text: string): void {
  replyJson(response, status, { status: text });
}

/** Why a request is not served. */
export type HttpRefusal = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Seconds. */
  readonly retryAfter?: number;
  /** Whether the connection is closed after the answer. */
  readonly close?: boolean;
  /** What there was too much of. */
  readonly limit?: string;
};

/** Answers that a request is not served, in the form of a GraphQL answer. */
export function refuse(
  response: ServerResponse,
  { status, code, message, retryAfter, close = false, limit }: HttpRefusal,
  account: RequestAccount,
): void {
  account.code = code;
  account.limit = limit ?? null;
  if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
  if (close) response.shouldKeepAlive = false;
  const errors = [{ message, extensions: { code } }];
  replyJson(response, status, { errors });
}

function replyJson(response: ServerResponse, status: number, value: object): void {
  const body = `${JSON.stringify(value)}\n`;
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    })
    .end(body);
}
