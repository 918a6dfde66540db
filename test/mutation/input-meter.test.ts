import { describe, expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import type { Params } from '../../src/changeset/changeset.ts';
import { rootShape } from '../../src/domain/aggregate.ts';
import { LimitExceededError, makeInputMeter } from '../../src/mutation/input/meter.ts';
import { readRecord } from '../../src/mutation/input/read-input.ts';

const many = <Item>(count: number, item: Item) => Array.from({ length: count }, () => item);
const limits = { maxEntries: 3, maxTotalEntries: 7 };

/** What `updateAuthor` with these posts exceeds. */
function exceeded(posts: Params) {
  const reading = { toWhere: () => ({}), meter: makeInputMeter(limits) };
  try {
    readRecord(reading, rootShape(blog.aggregate('Author')), { posts });
    return null;
  } catch (error) {
    if (error instanceof LimitExceededError) return error.exceeded;
    throw error;
  }
}

const ids = many(4, 'x');
const refs = many(4, { id: 'x' });

describe('a list longer than the limit of one is refused at its path', () => {
  test.each<[string, Params]>([
    ['cast.entries', { cast: { entries: many(4, {}) } }],
    ['cast.expectedIds', { cast: { entries: [], expectedIds: ids } }],
    ['put.refs', { put: { refs } }],
    ['put.expectedIds', { put: { refs: [], expectedIds: ids } }],
    ['build', { build: many(4, {}) }],
    ['build.1.tags.put.refs', { build: [{}, { tags: { put: { refs } } }] }],
    [
      'cast.entries.0.comments.cast.expectedIds',
      { cast: { entries: [{ comments: { cast: { entries: [], expectedIds: ids } } }] } },
    ],
  ])('%s', (path, posts) => {
    expect(exceeded(posts)).toEqual({
      path: ['posts', ...path.split('.').map((step) => (/^\d$/.test(step) ? Number(step) : step))],
      counted: 'entries',
      limit: 3,
      actual: 4,
    });
  });
});

describe('all entries, references and new records together are limited too', () => {
  const comments = (count: number) => ({ comments: { build: many(count, {}) } });
  const tags = (count: number) => ({ tags: { put: { refs: many(count, { id: 'x' }) } } });

  test('as many as the limit are taken', () => {
    expect(exceeded({ build: [comments(3), tags(2)] })).toBeNull();
  });

  test('one more is refused at the root', () => {
    expect(exceeded({ build: [comments(3), tags(3)] })).toEqual({
      path: [],
      counted: 'entries',
      limit: 7,
      actual: 8,
    });
  });

  test('expected ids are counted apart', () => {
    const put = { refs: many(3, { id: 'x' }), expectedIds: many(3, 'x') };
    expect(exceeded({ build: [comments(2), { tags: { put } }] })).toBeNull();
    const expecting = { tags: { put: { refs: [], expectedIds: many(3, 'x') } } };
    expect(exceeded({ build: [expecting, expecting] })).toBeNull();
    expect(exceeded({ build: [expecting, expecting, expecting] })).toMatchObject({
      path: [],
      limit: 7,
      actual: 9,
    });
  });

  test('a list that is too long by itself is told first', () => {
    expect(exceeded({ build: [comments(3), comments(4)] })).toMatchObject({ actual: 4 });
  });
});

test('what one variable brings to many places is counted before it is read', () => {
  let reads = 0;
  const entry = {
    get comments() {
      reads += 1;
      return undefined;
    },
  };
  const build = many(3, entry);
  expect(exceeded({ build: many(3, { comments: { build } }) })).toMatchObject({ actual: 9 });
  expect(reads).toBe(0);
});
