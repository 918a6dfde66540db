import { describe, expect, test } from 'vitest';
import type { Value, Values } from '../../../src/model/value.ts';
import type { Case } from '../case.ts';
import { judge } from '../judge.ts';
import { keptCase } from '../kept-cases.ts';
import { root, comments, action, threeComments, storedComment, useRules } from './rules-of.ts';

const { world, rulesOf } = useRules();

describe('rule 11', () => {
  test('holds before a stale row is met', async () => {
    expect(
      await rulesOf(threeComments, {
        operation: {
          ...comments([{ id: 11 }, { id: 12 }]),
          meanwhile: ['DELETE FROM comments WHERE id = 10'],
        },
        associations: { comments: { onReplace: 'nilify' } },
        expect: {
          status: 'raises',
          exception: 'Ecto.StaleEntryError',
          message: 'attempted to update a stale struct: %Comment{id: 10}',
          raisedIn: 'repo',
        },
      }),
    ).toEqual([11]);
  });

  test('adds its error to those of a list', async () => {
    expect(
      await rulesOf(threeComments, {
        operation: comments([{ id: 10, body: '' }]),
        associations: { comments: { onReplace: 'nilify' } },
        expect: {
          status: 'invalid',
          transaction: false,
          errors: [{ path: ['comments', 0, 'body'], message: "can't be blank" }],
        },
      }),
    ).toEqual([11]);
  });

  test.each<[string, Value]>([
    ['of a wrong shape', 'x'],
    ['that is ignored', { id: 8, skip: 'true' }],
  ])('says nothing of input %s', async (_what, post) => {
    const ignored = post !== 'x';
    const { puts: _, ...operation } = keptCase(storedComment).operation;
    const skips = { validate: [{ ignore_flag: 'skip' }] };
    const verdict = await judge(world.current, {
      ...keptCase(storedComment),
      operation: {
        ...operation,
        params: { post },
        casts: [{ assoc: 'post', with: skips }],
      },
      expect: ignored
        ? { status: 'ok', writes: [] }
        : {
            status: 'invalid',
            errors: [{ path: ['post'], message: 'is invalid' }],
          },
    });
    expect(verdict).toMatchObject({ problems: [], applied: [] });
  });

  test.each<[string, object, Values]>([
    ['a required parent that is null', { required: true }, {}],
    ['one that is to be deleted', {}, { id: 7, delete: 'true' }],
  ])('has one error of %s', async (_what, options, given) => {
    const { puts: _, ...operation } = keptCase(storedComment).operation;
    const isNull = !('id' in given);
    const flag = { validate: [{ delete_flag: 'delete' }] };
    const verdict = await judge(world.current, {
      ...keptCase(storedComment),
      operation: {
        ...operation,
        params: { post: isNull ? null : given },
        casts: [{ assoc: 'post', with: flag, ...options }],
      },
      expect: isNull
        ? {
            status: 'invalid',
            errors: [{ path: ['post'], message: "can't be blank" }],
            actions: [action([], null, 10, { post: null }, 'Comment')],
          }
        : {
            status: 'raises',
            exception: 'Ecto.ConstraintError',
            message: '"comments_post_id_fkey" (foreign_key_constraint)',
            raisedIn: 'repo',
          },
    });
    expect(verdict).toMatchObject({ problems: [], applied: [{ rule: 11 }] });
  });

  test('holds also where Ecto would delete the parent first', async () => {
    expect(
      await rulesOf(storedComment, {
        associations: { commentPost: { onReplace: 'delete' } },
        expect: {
          status: 'raises',
          exception: 'Ecto.ConstraintError',
          message: '"comments_post_id_fkey" (foreign_key_constraint)',
          raisedIn: 'repo',
        },
      }),
    ).toEqual([11]);
  });

  const nilified = { comments: { onReplace: 'nilify' } } as const;
  const refused: Case['expect'] = {
    status: 'raises',
    exception: 'Postgrex.Error',
    message: 'ERROR 23502 (not_null_violation) null value in column "post_id"',
    raisedIn: 'repo',
  };
  const { repo: _, ...unwritten } = keptCase(threeComments).operation;

  test.each<[string, Partial<Case['operation']>, Case['expect']]>([
    [
      'a list that is required, and tells it once',
      { ...comments([]), casts: [{ assoc: 'comments', required: true }] },
      {
        status: 'invalid',
        errors: [{ path: ['comments'], message: "can't be blank" }],
      },
    ],
    [
      'a list among the changes',
      { root, casts: [], params: {}, change: { comments: [] } },
      refused,
    ],
  ])('holds for %s', async (_what, operation, expected) => {
    expect(
      await rulesOf(threeComments, {
        operation,
        associations: nilified,
        expect: expected,
      }),
    ).toEqual([11]);
  });

  test('holds for a changeset that is not written', async () => {
    const verdict = await judge(world.current, {
      ...keptCase(threeComments),
      associations: nilified,
      operation: unwritten,
      expect: { status: 'ok' },
    });
    expect(verdict).toMatchObject({ problems: [], applied: [{ rule: 11 }] });
  });
});
