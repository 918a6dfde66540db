import type { PoolClient, QueryConfig, QueryResult } from 'pg';

/**
 * A connection that keeps the first statements of a transaction, BEGIN among them, until the first
 * that has an answer worth waiting for: all go in one flight. What is sent in one turn of the event
 * loop is one write.
 */
export class LateConnection {
  readonly #connection: PoolClient;
  #kept: QueryConfig[] = [];
  #keeps = true;

  constructor(connection: PoolClient) {
    this.#connection = connection;
  }

  /** From now on statements are sent. */
  open(): void {
    this.#keeps = false;
  }

  query(statement: QueryConfig): Promise<QueryResult> {
    if (this.#keeps) {
      this.#kept.push(statement);
      return nothing;
    }
    const first = this.#kept;
    this.#kept = [];
    // What was not begun need not be ended.
    if (first.length > 0 && /^(COMMIT|ROLLBACK)$/.test(statement.text)) return nothing;
    const { stream } = this.#connection.connection;
    stream.cork();
    // After the tick in which loaders read what was asked for in this one.
    process.nextTick(() => process.nextTick(() => stream.uncork()));
    const begun = first.map((item) => this.#connection.query(item));
    const answer = this.#connection.query(statement);
    return begun.length === 0 ? answer : Promise.all([answer, ...begun]).then(([last]) => last);
  }

  release(error?: Error | boolean): void {
    this.#connection.release(error);
  }

  on(event: 'error', listener: (error: Error) => void): void {
    this.#connection.on(event, listener);
  }

  removeListener(event: 'error', listener: (error: Error) => void): void {
    this.#connection.removeListener(event, listener);
  }
}

const nothing: Promise<QueryResult> = Promise.resolve({
  command: '',
  oid: 0,
  fields: [],
  rows: [],
  rowCount: 0,
});
