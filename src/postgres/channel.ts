import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Channel } from '../repo/channel/channel.ts';
import { makeAssembler, type Message, toParts } from '../repo/channel/message.ts';
import { makeSubscribers } from '../repo/channel/subscribers.ts';
import { quote } from '../repo/sql.ts';
import { poolConfig } from './connection.ts';

/** How a channel is opened. */
export interface ChannelOptions {
  /** postgresql://user:password@host:port/database, not of a pooler: it would lose what is sent. */
  readonly url: string;
  /** Default prisma_assoc. */
  readonly name?: string;
  /** News that wait for one subscriber at most. Default 100. */
  readonly maxWaiting?: number;
  /** Told why the connection was lost, or could not be made. */
  readonly onError?: (error: unknown) => void;
}

/** A channel with its connection. */
export interface OpenChannel extends Channel {
  /** Ends the subscribers and the connection. */
  close(): Promise<void>;
}

/**
 * Opens a channel: one connection of this process, made when the first subscriber comes. A connection
 * that is lost is made again, after which every subscriber is told that messages may be lost.
 */
export function openChannel(options: ChannelOptions): OpenChannel {
  const { url, name = 'prisma_assoc', maxWaiting = 100, onError = () => {} } = options;
  const subscribers = makeSubscribers(maxWaiting);
  const closing = new AbortController();
  const { signal } = closing;
  let session: Session | null = null;
  let running: Promise<void> | undefined;
  let endFirstTry = () => {};
  const firstTry = new Promise<void>((resolve) => {
    endFirstTry = resolve;
  });

  async function run(): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        const opened = await openSession(url, name, (message) => subscribers.tell(message));
        session = opened;
        if (failures > 0) subscribers.tellLoss();
        failures = 0;
        endFirstTry();
        signal.addEventListener('abort', opened.end);
        const reason = await opened.ended;
        signal.removeEventListener('abort', opened.end);
        if (!signal.aborted) throw reason;
      } catch (error) {
        onError(error);
        session = null;
        endFirstTry();
        await sleep(wait(failures), undefined, { signal }).catch(() => {});
      }
    }
  }

  return {
    name,
    async join(topic) {
      running ??= run();
      await firstTry;
      const { subscriber, open } = subscribers.add(topic);
      // Without a connection nothing is heard until there is one, and that is told.
      if (session) await session.mark(open);
      open();
      return subscriber;
    },
    async close() {
      closing.abort();
      subscribers.end();
      await running;
    },
  };
}

/** A connection that listens. */
interface Session {
  /** Calls `here` between what was sent before this call and what is sent after it. */
  readonly mark: (here: () => void) => Promise<void>;
  /** Why it has ended. */
  readonly ended: Promise<unknown>;
  readonly end: () => void;
}

async function openSession(
  url: string,
  name: string,
  onMessage: (message: Message) => void,
): Promise<Session> {
  // Marks and beats do not wait for each other.
  const client = new pg.Client({
    ...poolConfig({ url }),
    query_timeout: ANSWER_TIMEOUT,
    pipeline: true,
  });
  const ended = new Promise<unknown>((resolve) => {
    client.on('error', resolve).on('end', () => resolve(new Error('the connection has ended')));
  });
  const marks = new Map<string, () => void>();
  const assemble = makeAssembler((id, message) => {
    marks.get(id)?.();
    onMessage(message);
  });
  client.on('notification', ({ payload = '' }) => assemble(payload));
  const end = () => {
    const { stream } = client.connection;
    if (stream instanceof Socket) stream.destroy();
  };
  try {
    await client.connect();
    await client.query(`LISTEN ${quote(name)}`);
  } catch (error) {
    end();
    throw error;
  }
  // A connection that the network has swallowed is silent.
  const beat = setInterval(() => void client.query('SELECT 1').catch(end), BEAT);
  void ended.then(() => clearInterval(beat));
  return {
    async mark(here) {
      const id = randomUUID();
      const passed = new Promise<void>((resolve) => {
        marks.set(id, () => {
          here();
          resolve();
        });
      });
      const [part] = toParts(id, { topics: [], data: null });
      client.query('SELECT pg_notify($1, $2)', [name, part]).catch(end);
      await Promise.race([passed, ended]);
      marks.delete(id);
    },
    ended,
    end,
  };
}

const ANSWER_TIMEOUT = 5_000;
const BEAT = 10_000;

/** ms before the next try: the processes of one database do not all come at once. */
function wait(failures: number): number {
  return (0.5 + Math.random() / 2) * Math.min(100 * 2 ** failures, 5_000);
}
