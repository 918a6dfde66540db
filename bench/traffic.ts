import { Socket } from 'node:net';
import pg from 'pg';

/** What went to the database and came back. */
export interface Traffic {
  /** Without BEGIN, COMMIT and their like, and without SET. */
  readonly statements: number;
  /** Sent and received. */
  readonly bytes: number;
}

const NOT_COUNTED = /^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|DEALLOCATE)\b/i;

let statements = 0;
const sockets = new Set<Socket>();

/** Begins to count the statements of every connection of this process. Once, before the first. */
export function countTraffic(): void {
  const { prototype } = pg.Client;
  const send = Reflect.get(prototype, 'query') as (...args: unknown[]) => unknown;
  Reflect.set(prototype, 'query', function query(this: pg.Client, ...args: unknown[]) {
    const { stream } = this.connection;
    if (stream instanceof Socket) sockets.add(stream);
    if (!NOT_COUNTED.test(textOf(args[0]))) statements += 1;
    return send.apply(this, args);
  });
}

/** What a task sends and receives, of this process as a whole. */
export async function trafficOf(task: () => Promise<unknown>): Promise<Traffic> {
  const start = { statements, bytes: countBytes() };
  await task();
  return { statements: statements - start.statements, bytes: countBytes() - start.bytes };
}

function countBytes(): number {
  return [...sockets].reduce(
    (sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten,
    0,
  );
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : '';
}
