import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { issuesOf, operationsOf } from '../support/write.ts';

const blog = useBlog();

/** Author 1 with these entries for posts. */
const cast = (entries: readonly object[], options: object = {}) =>
  blog.write('updateAuthor', { id: '1', input: { posts: { cast: { entries } } }, options });

/** What is done with the tags of post 1, and those of post 2. */
const both = (first: object, second: object, options: object = {}) =>
  cast(
    [
      { id: '1', tags: first },
      { id: '2', tags: second },
    ],
    options,
  );
const rename = { cast: { entries: [{ id: '41', name: 'xz' }, { id: '42' }] } };
const linked = ['- tag 41 ecto', '+ tag 41 xz', '+ link post 2 tag 41'];

describe('a reference by a name means the tag that will have it:', () => {
  test.each([
    ['with create', { put: { refs: [{ name: 'xz' }], create: true } }],
    ['without', { put: { refs: [{ name: 'xz' }] } }],
    ['beside its id in another list', { cast: { entries: [] } }],
  ])('one that is renamed elsewhere in the request is linked, %s', async (_how, second) => {
    const outcome = await both(rename, second);
    expect(outcome.__typename).toBe('UpdateAuthorSuccess');
    expect(await blog.changes()).toEqual('put' in second ? linked : linked.slice(0, 2));
  });

  test('also where the reference comes first', async () => {
    const put = { put: { refs: [{ id: '42' }, { name: 'xz' }] } };
    const outcome = await cast([
      { id: '2', tags: put },
      { id: '1', tags: rename },
    ]);
    expect(operationsOf(outcome).filter((line) => !line.startsWith('UNCHANGED'))).toEqual([
      'UPDATE Tag 41 input.posts.cast.entries.1.tags.cast.entries.0 GIVEN name: "ecto" -> "xz"',
      'LINK Tag 42 input.posts.cast.entries.0.tags.put.refs.0 GIVEN',
      'LINK Tag 41 input.posts.cast.entries.0.tags.put.refs.1 GIVEN',
    ]);
  });

  test('of two that swap their names, the one that takes it', async () => {
    const swap = {
      cast: {
        entries: [
          { id: '41', name: 'elixir' },
          { id: '42', name: 'ecto' },
        ],
      },
    };
    await both(swap, { put: { refs: [{ name: 'ecto' }] } });
    expect(await blog.changes()).toContain('+ link post 2 tag 42');
  });

  test('one that is renamed is still known by the name that it has, unless another takes it', async () => {
    await both(rename, { put: { refs: [{ name: 'ecto' }] } });
    expect(await blog.changes()).toEqual(linked);
  });

  test('replayed under a key, it answers with the record', async () => {
    const send = () =>
      both(rename, { put: { refs: [{ name: 'xz' }], create: true } }, { idempotencyKey: 'k' });
    const first = await send();
    const again = await send();
    expect(again).toEqual(first);
    expect(again.record).toMatchObject({ id: '1', name: 'Ann' });
    expect(await blog.changes()).toEqual(linked);
  });
});

describe('a reference that would create what an entry makes is CONFLICTING_INPUT:', () => {
  const put = { put: { refs: [{ name: 'ecto' }, { name: 'new' }], create: true } };
  const build = { build: [{ name: 'new' }] };
  const cast = { cast: { entries: [{ name: 'new' }], onReplace: 'DELETE' } };

  test.each([
    ['of a build', build, put, 1],
    ['of a build that comes after', put, build, 0],
    ['of a cast', cast, put, 1],
  ])('%s', async (_what, first, second, at) => {
    expect(issuesOf(await both(first, second))).toEqual([
      `CONFLICTING_INPUT input.posts.cast.entries.${at}.tags.put.refs.1`,
    ]);
    expect(await blog.changes()).toEqual([]);
  });
});

test('a permalink that is renamed in one place and put in another is CONFLICTING_INPUT', async () => {
  const outcome = await blog.write('updateAuthor', {
    id: '1',
    input: {
      posts: {
        cast: {
          entries: [
            { id: '1', permalink: { cast: { entry: { id: '51', url: '/xz' } } } },
            { id: '2', permalink: { put: { ref: { url: '/xz' } } } },
          ],
        },
      },
    },
  });
  expect(issuesOf(outcome)).toEqual([
    'CONFLICTING_INPUT input.posts.cast.entries.1.permalink.put.ref',
  ]);
  expect(await blog.changes()).toEqual([]);
});
