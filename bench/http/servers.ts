import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { WriteWay } from 'prisma-assoc';

/** A server in a process of its own. */
export interface ServerProcess {
  /** Where GraphQL is served. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const root = join(import.meta.dirname, '../..');

/** Starts the service as an operator does, its limits raised. */
export function startOurs(database: string, writeWay: WriteWay = 'auto'): Promise<ServerProcess> {
  return start(['dist/server/main.js'], {
    DATABASE_URL: database,
    MIGRATE_ON_START: 'false',
    PORT: '0',
    LOG_LEVEL: 'error',
    AUTH_OPEN: 'true',
    DRAIN_DELAY: '1',
    // The other servers tell nobody of changes.
    LIVE: 'false',
    WRITE_WAY: writeWay,
  });
}

/** Starts a service written by hand: with Prisma's nested writes, or with set-based SQL. */
export function startBare(database: string, way: 'prisma' | 'sql'): Promise<ServerProcess> {
  return start(['--import', 'tsx', 'bench/http/bare-server.ts', database, way], {});
}

async function start(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', AUTH_OPEN: 'true', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  return {
    url: await urlOf(child),
    async stop() {
      child.kill();
      await exited;
    },
  };
}

/** The first address of its greeting. */
async function urlOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the server has no output');
  for await (const line of createInterface(child.stdout)) {
    const found = /http:\/\/\S+\/graphql/.exec(line)?.[0];
    if (found !== undefined) {
      child.stdout.resume();
      return found;
    }
  }
  throw new Error('the server ended before it listened');
}
