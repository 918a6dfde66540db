import { expect, test } from 'vitest';
import { findTrespass, type Person } from './people.ts';

const ann: Person = { name: 'ann', token: 'a', isAdmin: false, habit: { writes: 1, families: [] } };
const nobody: Person = { name: 'nobody', isAdmin: false, habit: { writes: 1, families: [] } };

/** Rows of others, written `comments 11 text`. */
const rowsOf = (texts: readonly string[]) =>
  texts.map((text) => {
    const [table = '', id = '', row = ''] = text.split(' ');
    return { table, id, row };
  });

test.each<readonly [string, Person, readonly string[], readonly string[], boolean]>([
  ['nothing', ann, ['comments 11 a'], ['comments 11 a'], false],
  ['another text', ann, ['comments 11 a'], ['comments 11 b'], true],
  ['a row that is gone, or the own now', ann, ['posts 11 a'], [], true],
  ['a row that was the own', ann, [], ['posts 11 a'], true],
  ['a new comment', ann, [], ['comments 1001 a'], false],
  ['a new tag', ann, [], ['tags 1001 a'], false],
  ['a new post of another', ann, [], ['posts 1001 a'], true],
  ['an own comment that is with another now', ann, [], ['comments 11 a'], true],
  ['a new comment of nobody', nobody, [], ['comments 1001 a'], true],
])('a trespass is found: %s', (_what, person, before, after, isTrespass) => {
  expect(findTrespass(person, rowsOf(before), rowsOf(after)).length > 0).toBe(isTrespass);
});
