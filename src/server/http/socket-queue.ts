import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { closeOf } from './close-of.ts';

/** The requests of each connection, one after the other, though a client sends many at once. */
export type SocketQueue = {
  /**
   * Waits until the answers before it on its connection are sent. `gone`: the connection is closed
   * or about to be, and nothing is to be answered. `full`: too many wait before it; the answer is
   * to close the connection.
   */
  readonly enter: (
    request: IncomingMessage,
    response: ServerResponse,
  ) => Promise<'ready' | 'gone' | 'full'>;
};

/** Makes a queue in which at most `most` requests of one connection wait. */
export function makeSocketQueue(most: number): SocketQueue {
  const queues = new WeakMap<Socket, Queue>();
  return {
    async enter({ socket }, response) {
      const queue = queues.get(socket) ?? { waiting: 0, isClosed: false };
      queues.set(socket, queue);
      if (queue.isClosed) return 'gone';
      const { last } = queue;
      if (last === undefined) {
        queue.last = closeOf(response);
        return 'ready';
      }
      if (queue.waiting >= most) {
        queue.isClosed = true;
        return 'full';
      }
      queue.waiting += 1;
      queue.last = last.then(() => closeOf(response));
      await last;
      queue.waiting -= 1;
      return socket.destroyed ? 'gone' : 'ready';
    },
  };
}

type Queue = {
  waiting: number;
  isClosed: boolean;
  /** Until the answer to the last request is sent. */
  last?: Promise<unknown>;
};
