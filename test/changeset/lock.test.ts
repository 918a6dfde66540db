import { describe, expect, test } from 'vitest';
import { castAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { change, type Changeset, hasChanges } from '../../src/changeset/changeset.ts';
import {
  expectVersion,
  findStale,
  optimisticLock,
  prepareChanges,
} from '../../src/changeset/optimistic-lock.ts';
import type { Value } from '../../src/model/value.ts';
import { castComment, stored, storedComment } from '../support/blog-changesets.ts';

const postOf = (lockVersion: Value) => stored('Post', { id: 7n, title: 'A', lockVersion });

describe('optimisticLock', () => {
  test.each<[string, Value, number]>([
    ['raises the version by one', 1, 2],
    ['begins anew after the last Int', 2147483647, 1],
    ['begins with 1 where there is none', null, 1],
  ])('%s', (_name, version, next) => {
    expect(optimisticLock(change(postOf(version)), 'lockVersion').lock).toEqual({
      field: 'lockVersion',
      expected: version,
      next,
      always: false,
    });
  });

  test('raises it as it is told', () => {
    const locked = optimisticLock(change(postOf(5)), 'lockVersion', (version) => version * 2);
    expect(locked.lock?.next).toBe(10);
    expect(hasChanges(locked)).toBe(false);
  });

  test('compares the version that its sender gave', () => {
    const given = cast(postOf(5), { lockVersion: '4' }, ['lockVersion']);
    expect(optimisticLock(given, 'lockVersion').lock).toMatchObject({
      expected: 4,
      next: 5,
    });
  });

  test.each([
    ['title', 'cannot lock "title" of Post: it is a String, not an Int.'],
    ['version', 'cannot lock "version" of Post: there is no such field.'],
  ])('is a misuse on %s', (field, message) => {
    expect(() => optimisticLock(change(postOf(1)), field)).toThrow(message);
  });
});

describe('expectVersion', () => {
  test('expects what the sender believes, and leaves raising to the model', () => {
    expect(expectVersion(change(postOf(1)), 3).lock).toEqual({
      field: 'lockVersion',
      expected: 3,
      next: null,
      always: true,
    });
  });

  test('is a misuse on a model without a version', () => {
    expect(() => expectVersion(change(stored('Tag', { id: 1n })), 1)).toThrow(
      'cannot expect a version of Tag: its model names no version field.',
    );
  });
});

describe('findStale', () => {
  const post = stored(
    'Post',
    { id: 7n, lockVersion: 1 },
    {
      comments: [storedComment(10n, 7n, 'ten'), storedComment(11n, 7n, 'eleven')],
    },
  );
  const expecting = (versions: readonly number[], root: Changeset) =>
    castAssoc(cast(root, { comments: [{ id: '10' }, { id: '11' }] }, []), 'comments', {
      with: (child, params, index) =>
        expectVersion(castComment(child, params), versions[index] ?? null),
      keepUnchanged: true,
    });

  test.each<[string, Changeset, string[]]>([
    ['finds nothing where nobody expects', change(post), []],
    [
      'finds nothing where all is as expected',
      expecting([1, 1], expectVersion(change(post), 1)),
      [],
    ],
    ['finds the record', expectVersion(change(post), 2), ['input.lockVersion']],
    [
      'finds each that differs, whether it changes or not',
      expecting([2, 1], expectVersion(change(post), 9)),
      ['input.lockVersion', 'input.comments.0.lockVersion'],
    ],
    [
      'does not compare what is only written under a lock',
      optimisticLock(change(post, { lockVersion: 5 }), 'lockVersion'),
      [],
    ],
  ])('%s', (_name, changeset, expected) => {
    const found = findStale(changeset, ['input']);
    expect(found.map(({ path }) => path.join('.'))).toEqual(expected);
  });
});

test('prepareChanges keeps functions for the transaction, in order', () => {
  const steps = [1, 2].map(() => (changeset: Changeset) => changeset);
  const prepared = steps.reduce(
    (changeset, step) => prepareChanges(changeset, step),
    change(postOf(1)),
  );
  expect(prepared.prepare).toEqual(steps);
});
