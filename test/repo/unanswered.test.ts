import { expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import type { Delegates } from '../../src/repo/delegate.ts';
import { faultOf, UnansweredError } from '../../src/repo/errors/database-fault.ts';
import { getRecord } from '../../src/repo/get.ts';
import { makeLoaders } from '../../src/repo/read/loaders.ts';
import { execute, query } from '../../src/repo/sql.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();
const post = getModel(blog.models, 'Post');

test.each<[string, (tx: Delegates) => Promise<unknown>]>([
  ['a statement for rows', (tx) => query(tx, { sql: 'SELECT 1 AS one', parameters: [] })],
  ['a statement for none', (tx) => execute(tx, { sql: 'DELETE FROM posts', parameters: [] })],
  ['a record by its id', (tx) => getRecord(tx, post, 1n)],
  ['a read of a record', (tx) => makeLoaders(tx).record(post, { id: 1n })],
])('%s has no empty answer where another beside it fails', async (_what, ask) => {
  const transaction = database.client.$transaction(async (tx) => {
    const failing = query(tx, { sql: 'SELECT 1 / 0', parameters: [] });
    const [failed, beside] = await Promise.allSettled([failing, ask(tx)]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'P2010' } });
    if (beside.status === 'fulfilled') expect.fail(`answered ${String(beside.value)}`);
    throw beside.reason;
  });
  const error: unknown = await transaction.catch((thrown: unknown) => thrown);
  // The server's own word where it was asked, ours where it was not.
  expect(String(error)).toMatch(/current transaction is aborted|has no answer/);
  if (error instanceof UnansweredError) expect(faultOf(error)).toBe('lost');
});
