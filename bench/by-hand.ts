import type { ClientBase, Pool } from 'pg';

/** A connection within a transaction, with prepared statements. */
export interface Hand {
  /** Runs a statement that is prepared under its own text. */
  readonly rows: <Row>(sql: string, values: readonly unknown[]) => Promise<readonly Row[]>;
}

/** Runs a transaction as one writes it with pg. */
export async function inTransaction<Result>(
  pool: Pool,
  task: (hand: Hand) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await task(handOf(client));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

const names = new Map<string, string>();

/** A connection, or a pool of them. */
export function handOf(client: ClientBase | Pool): Hand {
  return {
    async rows<Row>(text: string, values: readonly unknown[]) {
      const name = names.get(text) ?? `hand${names.size}`;
      names.set(text, name);
      const { rows } = await client.query({ name, text, values: [...values] });
      return rows as Row[];
    },
  };
}
