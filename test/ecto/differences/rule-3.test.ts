import { describe, expect, test } from 'vitest';
import type { Case } from '../case.ts';
import { judge } from '../judge.ts';
import { keptCase } from '../kept-cases.ts';
import type { PutValue } from '../operation.ts';
import {
  root,
  comments,
  unchanged,
  action,
  threeComments,
  tagsOfPost,
  postsOfAuthor,
  useRules,
} from './rules-of.ts';

const { world, rulesOf } = useRules();

describe('rule 3', () => {
  const skips = {
    permit: ['body'],
    required: ['body'],
    validate: [{ ignore_flag: 'skip' }],
  };
  const list = [{ id: 10, skip: 'true' }, { id: 11, body: '' }, { id: 12 }];
  const blank = (at: number) => ({
    path: ['comments', at, 'body'],
    message: "can't be blank",
  });

  test('moves the path of an error to the entry that was sent', async () => {
    const operation = {
      ...comments(list),
      casts: [{ assoc: 'comments', with: skips }],
    };
    expect(
      await rulesOf(threeComments, {
        operation,
        expect: { status: 'invalid', errors: [blank(0)] },
      }),
    ).toEqual([3]);
  });

  test("shows the children's errors of a list that may not be replaced", async () => {
    const operation = comments([{ id: 10, body: '' }, { body: ' ' }]);
    expect(
      await rulesOf(threeComments, {
        operation,
        associations: { comments: { onReplace: 'markAsInvalid' } },
        expect: {
          status: 'invalid',
          errors: [{ path: ['comments'], message: 'is invalid' }],
          actions: [unchanged],
        },
      }),
    ).toEqual([3]);
  });
});

describe('rule 3, of a list within a refused list', () => {
  const nested = (rules: Case['associations']) =>
    rulesOf(postsOfAuthor, {
      operation: {
        params: { posts: [{ id: 7, comments: [] }] },
        casts: [{ assoc: 'posts', with: { casts: [{ assoc: 'comments' }] } }],
      },
      associations: { posts: { onReplace: 'markAsInvalid' }, ...rules },
      expect: {
        status: 'invalid',
        errors: [{ path: ['posts'], message: 'is invalid' }],
        actions: [action([], null, 1, {}, 'Author')],
      },
    });

  test('shows its refusal too', async () => {
    expect(await nested({ comments: { onReplace: 'markAsInvalid' } })).toEqual([3]);
    expect(await nested({ comments: { onReplace: 'nilify' } })).toEqual([11]);
  });
});

describe('rule 3, of a put', () => {
  test('shows the errors with which a changeset was put', async () => {
    const bad: PutValue = {
      changeset_of: { struct: 'tag' },
      errors: { name: 'bad' },
    };
    const { casts: _, ...operation } = keptCase(tagsOfPost).operation;
    const verdict = await judge(world.current, {
      ...keptCase(tagsOfPost),
      associations: { tags: { onReplace: 'markAsInvalid' } },
      operation: {
        ...operation,
        params: {},
        puts: [{ assoc: 'tags', value: [{ current: 1 }, bad] }],
      },
      expect: {
        status: 'invalid',
        errors: [{ path: ['tags'], message: 'is invalid' }],
        actions: [unchanged],
      },
    });
    expect(verdict).toMatchObject({ problems: [], applied: [{ rule: 3 }] });
  });
});

describe('rule 3, of what may not be replaced', () => {
  const marked = { comments: { onReplace: 'markAsInvalid' } } as const;
  const expected: Case['expect'] = {
    status: 'invalid',
    errors: [{ path: ['comments'], message: 'is invalid' }],
    actions: [unchanged],
  };
  const put = (value: PutValue): Partial<Case['operation']> => ({
    root,
    casts: [],
    params: {},
    puts: [{ assoc: 'comments', value }],
  });
  const permitted = { permit: ['id', 'body'] };

  test.each<[string, Partial<Case['operation']>]>([
    ['of what is put', put([{ changeset_of: { current: 10 }, errors: { body: 'is bad' } }])],
    ['of a record that is put twice', put([{ current: 10 }, { current: 10 }])],
    [
      'of a key that is cast twice',
      {
        ...comments([{ id: 10 }, { id: 10 }]),
        casts: [{ assoc: 'comments', with: permitted }],
      },
    ],
  ])('shows the errors %s', async (_what, operation) => {
    const change = { operation, associations: marked, expect: expected };
    expect(await rulesOf(threeComments, change)).toEqual([3]);
  });
});
