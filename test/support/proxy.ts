import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

/**
 * What is done with bytes on their way: passed on, at once or after so many ms, swallowed, replaced,
 * or the connection is cut instead.
 */
export type Treatment = 'pass' | 'swallow' | 'cut' | number | Buffer;

/** The network between a service and its database, which does what a test wants. */
export type Proxy = {
  /** The database's address by way of the proxy. */
  readonly url: string;
  /** Past the proxy, as past every pooler. */
  readonly directUrl: string;
  /** Decides over what the service sends, and over what the database answers. */
  toDatabase: (bytes: Buffer) => Treatment;
  toService: (bytes: Buffer) => Treatment;
  /** Whether new connections are taken. */
  open: boolean;
  /** Cuts every connection. */
  readonly cutAll: () => void;
};

/** Puts a proxy before a worker's database for one test file. */
export function useProxy(database: Reached): Proxy {
  const proxy = makeProxy(database);
  beforeAll(proxy.listen);
  afterAll(proxy.close);
  return proxy;
}

type Reached = { readonly url: string; readonly directUrl?: string };

/** A proxy that takes connections between `listen` and `close`. */
export function makeProxy(database: Reached) {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const proxy: Proxy & { readonly listen: () => Promise<void>; readonly close: () => void } = {
    get url() {
      const address = server?.address();
      const url = new URL(database.url);
      if (typeof address === 'object') url.port = `${address?.port}`;
      return url.href;
    },
    directUrl: database.directUrl ?? database.url,
    toDatabase: () => 'pass',
    toService: () => 'pass',
    open: true,
    cutAll,
    async listen() {
      const { hostname, port } = new URL(database.url);
      server = createServer((service) => {
        if (!proxy.open) return service.destroy();
        const upstream = connect(Number(port), hostname);
        pipe(service, upstream, (bytes) => proxy.toDatabase(bytes));
        pipe(upstream, service, (bytes) => proxy.toService(bytes));
        return undefined;
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
    },
    close() {
      cutAll();
      server?.close();
    },
  };
  return proxy;

  function pipe(from: Socket, to: Socket, treat: (bytes: Buffer) => Treatment): void {
    sockets.add(from);
    from.on('data', (bytes) => {
      const treatment = treat(bytes);
      if (treatment === 'pass') to.write(bytes);
      if (typeof treatment === 'number') setTimeout(() => to.write(bytes), treatment);
      if (Buffer.isBuffer(treatment)) to.write(treatment);
      if (treatment !== 'cut') return;
      from.destroy();
      to.destroy();
    });
    from.on('error', () => {});
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  }
}
