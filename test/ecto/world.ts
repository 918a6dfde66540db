import pg from 'pg';
import type { Model } from '../../src/model/model.ts';
import type { Value, Values } from '../../src/model/value.ts';
import { makeAdapter } from '../../src/postgres/adapter.ts';
import { poolConfig } from '../../src/postgres/connection.ts';
import { markLog, readStatements, type Statement } from '../support/statement-log.ts';
import type { Rows } from './case.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import { textOf } from './json.ts';
import { wholeSchema } from './models.ts';

/** The database that cases are replayed in. */
export interface World {
  readonly client: PrismaClient;
  /** Empties every table, sets the sequences to 100 and puts rows in. */
  readonly fill: (rows: Rows) => Promise<void>;
  /** Runs SQL as a session of its own. */
  readonly run: (sql: string) => Promise<void>;
  /** Every table with its rows, as JSON shows them. */
  readonly snapshot: () => Promise<Rows>;
  /** Statements that the server ran during a task, by its own log. */
  readonly statementsOf: (task: () => Promise<void>) => Promise<Statement[]>;
  readonly close: () => Promise<void>;
}

/** Where a server is, and the file in which it logs every statement. */
export interface ServerPlace {
  readonly url: string;
  readonly log: string;
}

/** Connects to a database of the conformance schema. */
export function openWorld({ url, log }: ServerPlace): World {
  const pool = new pg.Pool(poolConfig({ url, poolSize: 1 }));
  // The server may stop before an ended connection is gone.
  pool.on('error', () => undefined);
  const adapter = makeAdapter({ url, poolSize: 5 });
  const client = new PrismaClient({ adapter, errorFormat: 'minimal' });
  const name = new URL(url).pathname.slice(1);
  return {
    client,
    async fill(rows) {
      await pool.query(fillSql(rows));
    },
    async run(sql) {
      await pool.query(sql);
    },
    async snapshot() {
      const { rows } = await pool.query<{ all: Rows }>(snapshotSql);
      return rows[0]?.all ?? {};
    },
    async statementsOf(task) {
      const mark = await markLog(log);
      await task();
      return readStatements(log, name, mark);
    },
    async close() {
      await client.$disconnect();
      await pool.end();
    },
  };
}

const models = [...wholeSchema.values()];
const firstId = 100;

// Tables are emptied and filled in any order: foreign keys are not checked meanwhile. DELETE, since
// TRUNCATE takes ten times as long on small tables.
function fillSql(rows: Rows): string {
  const deletes = models.map(({ table }) => `DELETE FROM ${table};`);
  const inserts = Object.entries(rows).map(([table, list]) => insertSql(table, list));
  return [
    'BEGIN; SET LOCAL session_replication_role = replica;',
    ...deletes,
    ...models.flatMap(restartSql),
    ...inserts,
    'COMMIT;',
  ].join('\n');
}

function restartSql({ table, fields }: Model): readonly string[] {
  return [...fields.values()]
    .filter((field) => field.generated === 'sequence')
    .map(
      ({ column }) =>
        `SELECT setval(pg_get_serial_sequence('${table}', '${column}'), ${firstId}, false);`,
    );
}

/**
 * One insert for each row, in the order in which they are given: a column that a row leaves out has
 * its default.
 */
function insertSql(table: string, rows: readonly Values[]): string {
  return rows
    .map((row) => {
      const columns = Object.keys(row).map(pg.escapeIdentifier).join(', ');
      const values = Object.values(row).map(literal).join(', ');
      return `INSERT INTO ${pg.escapeIdentifier(table)} (${columns}) VALUES (${values});`;
    })
    .join('\n');
}

function literal(value: Value): string {
  return value === null ? 'NULL' : pg.escapeLiteral(textOf(value));
}

const snapshotSql = `SELECT json_build_object(${models
  .map(({ table }) => `'${table}', coalesce((SELECT json_agg(t) FROM ${table} t), '[]')`)
  .join(', ')}) AS all`;
