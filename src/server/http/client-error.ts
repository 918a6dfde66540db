import type { Duplex } from 'node:stream';
import type { Logger } from '../logger.ts';

/**
 * Ends a connection on which no whole request came: too slow, too long, or no HTTP. `isAnswering`:
 * an answer is being written to it, into which no other may fall.
 */
export function endConnection(
  error: Error & { readonly code?: string },
  socket: Duplex,
  isAnswering: boolean,
  log: Logger,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const isSilent = 'bytesRead' in socket && socket.bytesRead === 0;
  const status = STATUS[error.code ?? ''] ?? '400 Bad Request';
  // A browser may open a connection for later.
  if (!isSilent) log.info({ status, code: error.code }, 'no request came');
  if (isAnswering) socket.destroy();
  else socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
}

const STATUS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
};
