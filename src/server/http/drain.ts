import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';

/** What a server is answering. */
export type Drain = {
  /** Counts a request as under way until `work` has ended, even if its client has hung up. */
  readonly follow: (response: ServerResponse, work: Promise<void>) => void;
  /**
   * Takes no new connections, closes those at rest, and each other one after its answer. Returns
   * when all work has ended, or after `patience` ms, when the connections left are cut.
   */
  readonly close: (server: Server, patience: number) => Promise<void>;
};

/** Makes the end of a server that loses no request. */
export function makeDrain(): Drain {
  const open = new Map<ServerResponse, Promise<void>>();
  return {
    follow(response, work) {
      open.set(response, work);
      void work.finally(() => open.delete(response));
    },

    async close(server, patience) {
      const closed = once(server, 'close');
      server.close();
      for (const response of open.keys()) response.shouldKeepAlive = false;
      const ended = Promise.all([closed, ...open.values()]);
      let late: NodeJS.Timeout | undefined;
      const tooLate = new Promise((resolve) => {
        late = setTimeout(resolve, patience);
      });
      await Promise.race([ended, tooLate]);
      clearTimeout(late);
      server.closeAllConnections();
      await closed;
    },
  };
}
