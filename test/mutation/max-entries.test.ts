import { describe, expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import type { Params } from '../../src/changeset/changeset.ts';
import { rootShape } from '../../src/domain/aggregate.ts';
import { findExceededLimit } from '../../src/mutation/input/max-entries.ts';
import { readRecord } from '../../src/mutation/input/read-input.ts';

const many = <Item>(count: number, item: Item) => Array.from({ length: count }, () => item);
const limits = { maxEntries: 3, maxTotalEntries: 7 };

/** What `updateAuthor` with these posts exceeds. */
function exceeded(posts: Params) {
  const input = readRecord(() => ({}), rootShape(blog.aggregate('Author')), { posts });
  return findExceededLimit(input, limits);
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
    expect(exceeded({ build: [comments(3), tags(3)] })).toEqual({ path: [], limit: 7, actual: 8 });
  });

  test('expected ids do not count', () => {
    const put = { refs: many(3, { id: 'x' }), expectedIds: many(3, 'x') };
    expect(exceeded({ build: [comments(2), { tags: { put } }] })).toBeNull();
  });

  test('a list that is too long by itself is told first', () => {
    expect(exceeded({ build: [comments(3), comments(4)] })).toMatchObject({ actual: 4 });
  });
});
