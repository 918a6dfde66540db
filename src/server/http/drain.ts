import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What a server is answering. */
export type Drain = {
  /** Counts a request as under way until `work` has ended, even if its client has hung up. */
  readonly follow: (
    request: IncomingMessage,
    response: ServerResponse,
    work: Promise<void>,
  ) => void;
  /** How many requests are under way. */
  readonly size: () => number;
  /** Whether the head of an answer has been written to a connection, and not yet its end. */
  readonly isAnswering: (socket: Duplex) => boolean;
  /**
   * Takes no new connections, closes each one on which no whole request has come, and each other
   * one after its answer. Returns when all work has ended, or after `patience` ms, when the
   * connections left are cut.
   */
  readonly close: (patience: number) => Promise<void>;
};

/** Makes the end of a server that loses no request. */
export function makeDrain(server: Server): Drain {
  const open = new Map<IncomingMessage, UnderWay>();
  const sockets = new Set<Socket>();
  let isClosing = false;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    follow(request, response, work) {
      open.set(request, { response, work });
      void work.finally(() => {
        open.delete(request);
        if (isClosing) request.socket.destroySoon();
      });
    },

    size: () => open.size,

    isAnswering: (socket) =>
      [...open].some(
        ([request, { response }]) => request.socket === socket && response.headersSent,
      ),

    async close(patience) {
      isClosing = true;
      const closed = once(server, 'close');
      server.close();
      const whole = [...open].filter(([{ complete }]) => complete);
      for (const [, { response }] of whole) response.shouldKeepAlive = false;
      const kept = new Set(whole.map(([{ socket }]) => socket));
      for (const socket of sockets) if (!kept.has(socket)) socket.destroy();
      const works = [...open.values()].map(({ work }) => work);
      let late: NodeJS.Timeout | undefined;
      const tooLate = new Promise((resolve) => {
        late = setTimeout(resolve, patience);
      });
      await Promise.race([Promise.all([closed, ...works]), tooLate]);
      clearTimeout(late);
      server.closeAllConnections();
      await closed;
    },
  };
}

type UnderWay = {
  readonly response: ServerResponse;
  readonly work: Promise<void>;
};
