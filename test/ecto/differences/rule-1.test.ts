import { describe, expect, test } from 'vitest';
import type { Values } from '../../../src/model/value.ts';
import { comments, threeComments, useRules } from './rules-of.ts';

const { rulesOf } = useRules();

describe('rule 1', () => {
  test.each<[string, Values, string, string]>([
    ['an integer', { position: 2147483648 }, 'DBConnection.EncodeError', ''],
    [
      'a text',
      { body: 'a\0b' },
      'Postgrex.Error',
      'ERROR 22021 (character_not_in_repertoire) invalid byte sequence',
    ],
  ])('refuses %s that no column holds', async (_what, values, exception, message) => {
    const permit = { permit: ['body', 'position'] };
    expect(
      await rulesOf(threeComments, {
        operation: {
          ...comments([{ id: 10 }, { id: 11 }, { id: 12, ...values }]),
          casts: [{ assoc: 'comments', with: permit }],
        },
        associations: { position: true },
        expect: { status: 'raises', exception, message, raisedIn: 'repo' },
      }),
    ).toEqual([1]);
  });
});
