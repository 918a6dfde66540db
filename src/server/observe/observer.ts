import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../logger.ts';
import type { Metrics } from './metrics.ts';
import type { RequestAccount, RequestInfo } from './request-account.ts';

/** Sees what requests do, and writes a line for each. */
export type Observer = {
  /** Does the work of a request: the statements that it sends are the request's. */
  readonly follow: <T>(info: RequestInfo, work: () => T) => T;
  /** To be asked as a statement is sent: gives what is told how many ms it took. */
  readonly timeStatement: (sql: string) => (ms: number) => void;
  /** To be told when a request was answered or its client has hung up, `ms` after it came. */
  readonly onRequestEnd: (
    info: RequestInfo,
    request: IncomingMessage,
    response: ServerResponse,
    ms: number,
  ) => void;
};

/** What an observer writes, and where. */
export type ObserverOptions = {
  readonly log: Logger;
  /** Statements that take so many ms are logged; 0: none is. */
  readonly slowStatement?: number;
  readonly metrics?: Metrics | null;
};

/** Makes the observer of a service. It sees no values: neither variables nor parameters of SQL. */
export function makeObserver({ log, slowStatement = 0, metrics }: ObserverOptions): Observer {
  const current = new AsyncLocalStorage<RequestInfo>();
  // Following makes each promise dearer on Node 20: only the log asks whose a statement is.
  const follows = log.isLevelEnabled('info');
  return {
    follow: (info, work) => (follows ? current.run(info, work) : work()),

    timeStatement(sql) {
      const info = current.getStore();
      return (ms) => {
        if (info) info.account.statements += 1;
        metrics?.onStatementEnd(ms);
        if (slowStatement === 0 || ms < slowStatement) return;
        const entry = { ms: rounded(ms), sql: sql.slice(0, MOST_SQL) };
        (info?.log ?? log).warn(entry, 'slow statement');
      };
    },

    onRequestEnd({ log, account }, { method }, response, ms) {
      const code = codeOf(account, response);
      metrics?.onRequestEnd(account, code, ms);
      const { path, type, operation, limit, operations, retries, statements } = account;
      const level = QUIET.has(path) && code === 'OK' ? 'debug' : 'info';
      const entry = {
        method,
        path,
        status: response.statusCode,
        ...(type && { type }),
        ...(operation && { operation }),
        code,
        ...(limit && { limit }),
        ms: rounded(ms),
        statements,
        ...(operations.size > 0 && { operations: Object.fromEntries(operations) }),
        ...(retries.size > 0 && { retries: Object.fromEntries(retries) }),
      };
      log[level](entry, code === 'OK' ? 'request' : 'request failed');
    },
  };
}

/** Asked by machines every few seconds. */
const QUIET: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

// Characters. A statement that writes a tree of records is long.
const MOST_SQL = 1_000;

/** OK, or what went wrong: an error of the request, else the first refusal of its mutations. */
function codeOf({ code, refusal }: RequestAccount, response: ServerResponse): string {
  if (code !== null) return code;
  if (!response.writableFinished) return 'CLIENT_CLOSED_REQUEST';
  const { statusCode } = response;
  return refusal ?? (statusCode < 400 ? 'OK' : `HTTP_${statusCode}`);
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
