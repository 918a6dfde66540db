import { describe, expect, test } from 'vitest';
import type { Values } from '../../../src/model/value.ts';
import type { Case } from '../case.ts';
import { judge } from '../judge.ts';
import { keptCase } from '../kept-cases.ts';
import type { PutValue } from '../operation.ts';
import { unchanged, action, tagsOfPost, parentReplaced, useRules } from './rules-of.ts';

const { world, rulesOf } = useRules();

describe('rule 5', () => {
  const cast = (tags: readonly Values[]): Partial<Case['operation']> => ({
    params: { tags },
  });
  const taken: Case['expect'] = {
    status: 'invalid',
    transaction: true,
    errors: [{ path: ['tags', 0, 'name'], message: 'has already been taken' }],
  };

  test('writes what frees a unique value first', async () => {
    expect(
      await rulesOf(tagsOfPost, {
        operation: cast([{ name: 'elixir' }, { id: 1, name: 'z' }, { id: 2 }]),
        expect: {
          ...taken,
          actions: [
            unchanged,
            action(['tags', 0], 'insert', null, { name: 'elixir' }),
            action(['tags', 1], 'update', 1, { name: 'z' }),
            action(['tags', 2], 'update', 2, {}),
          ],
        },
      }),
    ).toEqual([5]);
  });

  test('leaves alone what no order allows', async () => {
    expect(
      await rulesOf(tagsOfPost, {
        operation: cast([
          { id: 1, name: 'ecto' },
          { id: 2, name: 'elixir' },
        ]),
        expect: {
          ...taken,
          actions: [
            unchanged,
            action(['tags', 0], 'update', 1, { name: 'ecto' }),
            action(['tags', 1], 'update', 2, { name: 'elixir' }),
          ],
        },
      }),
    ).toEqual([]);
  });
});

describe('rule 5, of a belongs_to', () => {
  const lonely = {
    get: 'post',
    id: 9,
    preload: ['author'],
  } satisfies Case['operation']['root'];
  const refused: Case['expect'] = {
    status: 'raises',
    exception: 'Ecto.ConstraintError',
    message: '"posts_author_id_fkey" (foreign_key_constraint)',
    raisedIn: 'repo',
  };

  const deleted = {
    assoc: 'author',
    with: { validate: [{ force_action: 'delete' as const }] },
  };

  test.each<[string, Partial<Case['operation']>]>([
    ['by none', { params: { author: null } }],
    ['by a new one', { params: { author: { name: 'N' } } }],
    ['by its delete', { params: { author: { id: 2 } }, casts: [deleted] }],
  ])('deletes the parent last where a cast replaces it %s', async (...row) => {
    const operation = { root: lonely, ...row[1] };
    expect(await rulesOf(parentReplaced, { operation, expect: refused })).toEqual([5]);
  });

  test.each<[string, PutValue]>([
    ['none', null],
    ['a stored one', { get: 'author', id: 1 }],
    ['attributes', { map: { name: 'N' } }],
    ['a new one', { struct: 'author', fields: { name: 'N' } }],
  ])('deletes the parent last where a put gives %s', async (_what, value) => {
    const puts = [{ assoc: 'author', value }];
    const { casts: _, ...operation } = keptCase(parentReplaced).operation;
    const verdict = await judge(world.current, {
      ...keptCase(parentReplaced),
      operation: { ...operation, root: lonely, params: {}, puts },
      expect: refused,
    });
    expect(verdict).toMatchObject({ problems: [], applied: [{ rule: 5 }] });
  });

  test('meets the key of the new one first, where that is taken', async () => {
    const author = { assoc: 'author', with: { permit: ['id', 'name'] } };
    const operation = {
      root: lonely,
      params: { author: { id: 1, name: 'N' } },
      casts: [author],
    };
    expect(await rulesOf(parentReplaced, { operation, expect: refused })).toEqual([5]);
  });

  test('leaves alone what others refer to', async () => {
    const { expect: recorded } = keptCase(parentReplaced);
    expect(await rulesOf(parentReplaced, { expect: recorded })).toEqual([]);
  });
});
