import { expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import type { AssociationRules, DirectAssociation } from '../../src/model/model.ts';
import type { Delegates } from '../../src/repo/delegate.ts';
import { makeLocks, type RowsToLock } from '../../src/repo/lock/row-locks.ts';
import { makeLoaders } from '../../src/repo/read/loaders.ts';
import { TooManyRowsError, makeRowBudget } from '../../src/repo/read/row-budget.ts';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { whileHeld } from '../support/held.ts';

/*
 * Rows that are locked by the statement that reads them.
 */

const database = useDatabase();

function associationOf(
  model: string,
  name: string,
  rules: Partial<AssociationRules> = {},
): DirectAssociation {
  const association = getModel(blog.models, model).associations.get(name);
  if (!association || association.kind === 'through') throw new Error(`no ${model}.${name}`);
  return { ...association, rules: { ...association.rules, ...rules } };
}

const comments = (...ids: number[]): readonly RowsToLock[] => [
  {
    model: getModel(blog.models, 'Comment'),
    keys: ids.map((id) => ({ id: BigInt(id) })),
    strength: 'UPDATE',
  },
];

const locksOf = (tx: Delegates) =>
  makeLocks(tx, ['Author', 'Post', 'Comment'], { strict: true, waits: false });

const lock = { lock: 'UPDATE' } as const;

test('a list is locked as it is read, but for a row that another holds: that is only read', async () => {
  await writeBlog(database);
  await whileHeld(database, 'SELECT FROM comments WHERE id = 12 FOR UPDATE', async () => {
    await database.client.$transaction(async (tx) => {
      const locks = locksOf(tx);
      const loaders = makeLoaders(tx, { locks });
      const read = await loaders.association(associationOf('Post', 'comments'), { id: 1n }, lock);
      expect(read).toMatchObject([{ id: 11n }, { id: 12n, body: 'more' }, { id: 13n }]);
      expect(locks.holds(comments(11, 13))).toBe(true);
      expect(locks.holds(comments(12))).toBe(false);
      expect(locks.row(blog.model('Comment'), { id: 13n })).toMatchObject({ body: 'thanks' });
      expect(await locks.tryTake(comments(12))).toBe(false);
    });
  });
});

test.each<[string, DirectAssociation]>([
  ['a has_many', associationOf('Post', 'comments')],
  ['a has_one', associationOf('Post', 'permalink')],
  ['a belongs_to', associationOf('Post', 'author')],
  [
    'a list with an order of its own',
    associationOf('Post', 'comments', { preloadOrder: [{ field: 'body', direction: 'desc' }] }),
  ],
  ['a list of rows with a value', associationOf('Post', 'comments', { where: { body: 'more' } })],
  ['a list of rows without a value', associationOf('Author', 'posts', { where: { body: null } })],
])('%s holds the same rows, locked or not, of several owners', async (_what, association) => {
  await writeBlog(database);
  const owners = [1n, 3n, 2n, 4n].map((id) => ({ id, authorId: id === 4n ? null : id }));
  await database.client.$transaction(async (tx) => {
    const read = (args: object) => {
      const loaders = makeLoaders(tx, { locks: locksOf(tx) });
      return Promise.all(owners.map((owner) => loaders.association(association, owner, args)));
    };
    expect(await read(lock)).toEqual(await read({}));
  });
});

test('a list that is locked takes no more rows than the budget has left', async () => {
  await writeBlog(database);
  await database.client.$transaction(async (tx) => {
    const loaders = makeLoaders(tx, { locks: locksOf(tx), budget: makeRowBudget(2) });
    const read = loaders.association(associationOf('Post', 'comments'), { id: 1n }, lock);
    await expect(read).rejects.toThrow(TooManyRowsError);
  });
});

test('locks are tried in any order, even by who waits for others only in order', async () => {
  await writeBlog(database);
  await database.client.$transaction(async (tx) => {
    const locks = makeLocks(tx, ['Post', 'Comment'], { strict: true });
    await locks.take(comments(13));
    expect(await locks.tryTake(comments(11, 12))).toBe(true);
    expect(locks.holds(comments(11, 12, 13))).toBe(true);
  });
});
