import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { issuesOf, operationsOf, type Variables } from '../support/write.ts';

const blog = useBlog();

const write = (permalink: Variables, id = '1') =>
  blog.write('updatePost', { id, input: { permalink } });
const posts = (...entries: readonly Variables[]) =>
  blog.write('updateAuthor', {
    id: '1',
    input: { posts: { cast: { entries } } },
  });

describe('entry: null', () => {
  test.each(['UPDATE', 'NILIFY'])(
    'under %s detaches: the url stays taken, and put takes it back',
    async (onReplace) => {
      const outcome = await write({ cast: { entry: null, onReplace } });
      expect(operationsOf(outcome)).toEqual([
        'UPDATE Permalink 51 input.permalink REPLACED postId: "1" -> null',
      ]);
      expect(issuesOf(await write({ cast: { entry: { url: '/one' } } }, '2'))).toEqual([
        'UNIQUE input.permalink.cast.entry.url',
      ]);
      await write({ put: { ref: { url: '/one' } } });
      expect(await blog.changes()).toEqual([]);
    },
  );

  test('under DELETE deletes: the url is free', async () => {
    const outcome = await write({ cast: { entry: null, onReplace: 'DELETE' } });
    expect(operationsOf(outcome)).toEqual([
      'DELETE Permalink 51 input.permalink REPLACED url: "/one" -> null, postId: "1" -> null',
    ]);
    await write({ cast: { entry: { url: '/one' } } }, '2');
    expect(await blog.changes()).toEqual([
      '- permalink 51 /one, post 1',
      '+ permalink 501 /one, post 2',
    ]);
  });

  test('under UPDATE is what a cast does without onReplace', async () => {
    await write({ cast: { entry: null } });
    expect(await blog.changes()).toEqual([
      '- permalink 51 /one, post 1',
      '+ permalink 51 /one, post null',
    ]);
  });

  test('where there is none changes nothing', async () => {
    for (const onReplace of ['MARK_AS_INVALID', 'NILIFY', 'UPDATE', 'DELETE']) {
      const outcome = await write({ cast: { entry: null, onReplace } }, '4');
      expect(operationsOf(outcome)).toEqual([]);
    }
  });
});

describe('a cast', () => {
  test('changes the url in place unless onReplace says otherwise', async () => {
    expect(operationsOf(await write({ cast: { entry: { url: '/uno' } } }))).toEqual([
      'UPDATE Permalink 51 input.permalink.cast.entry GIVEN url: "/one" -> "/uno"',
    ]);
  });

  test('with the id that is there changes it under every onReplace', async () => {
    for (const onReplace of ['MARK_AS_INVALID', 'NILIFY', 'UPDATE', 'DELETE']) {
      const url = `/${onReplace}`;
      await write({ cast: { entry: { id: '51', url }, onReplace } });
    }
    expect(await blog.changes()).toEqual([
      '- permalink 51 /one, post 1',
      '+ permalink 51 /DELETE, post 1',
    ]);
  });

  test('of the url that is there is no change', async () => {
    const outcome = await write({ cast: { entry: { url: '/one' } } });
    expect(operationsOf(outcome)).toEqual([
      'UNCHANGED Permalink 51 input.permalink.cast.entry GIVEN',
    ]);
  });

  test('under DELETE takes the very url that goes', async () => {
    const outcome = await write({
      cast: { entry: { url: '/one' }, onReplace: 'DELETE' },
    });
    expect(outcome.changeset?.counts).toMatchObject({
      deleted: 1,
      inserted: 1,
    });
  });

  test('under NILIFY cannot take the url of the one it detaches', async () => {
    const outcome = await write({
      cast: { entry: { url: '/one' }, onReplace: 'NILIFY' },
    });
    expect(issuesOf(outcome)).toEqual(['UNIQUE input.permalink.cast.entry.url']);
  });
});

describe('a put', () => {
  test('takes a permalink from another post, by id or by url', async () => {
    await write({ put: { ref: { url: '/three' } } }, '4');
    await write({ put: { ref: { id: '51' } } }, '3');
    expect(await blog.changes()).toEqual([
      '- permalink 51 /one, post 1',
      '- permalink 53 /three, post 3',
      '+ permalink 51 /one, post 3',
      '+ permalink 53 /three, post 4',
    ]);
  });

  test('detaches the one that is there unless onReplace says otherwise', async () => {
    await write({ put: { ref: { url: '/loose' } } });
    expect(await blog.changes()).toEqual([
      '- permalink 51 /one, post 1',
      '- permalink 59 /loose, post null',
      '+ permalink 51 /one, post null',
      '+ permalink 59 /loose, post 1',
    ]);
  });

  test('of a url with NUL is INVALID, of one that nobody has UNKNOWN_REF', async () => {
    expect(issuesOf(await write({ put: { ref: { url: '\u0000' } } }))).toEqual([
      'INVALID input.permalink.put.ref',
    ]);
    expect(issuesOf(await write({ put: { ref: { url: '/no' } } }))).toEqual([
      'UNKNOWN_REF input.permalink.put.ref',
    ]);
  });
});

describe('a build', () => {
  test('over one that is there is UNIQUE at build', async () => {
    expect(issuesOf(await write({ build: { url: '/new' } }))).toEqual([
      'UNIQUE input.permalink.build',
    ]);
  });

  test('of a url that another has is UNIQUE at its url', async () => {
    expect(issuesOf(await write({ build: { url: '/one' } }, '2'))).toEqual([
      'UNIQUE input.permalink.build.url',
    ]);
  });

  test('where there is none makes one', async () => {
    await write({ build: { url: '/two' } }, '2');
    expect(await blog.changes()).toEqual(['+ permalink 501 /two, post 2']);
  });
});

describe('two posts of one request', () => {
  const url = (text: string) => ({
    permalink: { cast: { entry: { url: text } } },
  });

  test('work where one frees the url that the other takes', async () => {
    await posts({ id: '2', ...url('/one') }, { id: '1', ...url('/uno') });
    expect(await blog.changes()).toEqual([
      '- permalink 51 /one, post 1',
      '+ permalink 51 /uno, post 1',
      '+ permalink 501 /one, post 2',
    ]);
  });

  test('work where one deletes the url that the other takes', async () => {
    await posts(
      { id: '2', permalink: { build: { url: '/one' } } },
      { id: '1', permalink: { cast: { entry: null, onReplace: 'DELETE' } } },
    );
    expect(await blog.changes()).toEqual([
      '- permalink 51 /one, post 1',
      '+ permalink 501 /one, post 2',
    ]);
  });

  test('work where one takes the permalink that the other lets go', async () => {
    const taken = { id: '2', permalink: { put: { ref: { url: '/one' } } } };
    await posts({ id: '1', permalink: { put: { ref: null } } }, taken);
    expect(await blog.changes()).toEqual([
      '- permalink 51 /one, post 1',
      '+ permalink 51 /one, post 2',
    ]);
  });

  test('work where one takes the permalink that the other replaces', async () => {
    await posts(
      { id: '2', permalink: { put: { ref: { url: '/one' } } } },
      {
        id: '1',
        permalink: { cast: { entry: { url: '/uno' }, onReplace: 'NILIFY' } },
      },
    );
    expect(await blog.changes()).toEqual([
      '- permalink 51 /one, post 1',
      '+ permalink 51 /one, post 2',
      '+ permalink 501 /uno, post 1',
    ]);
  });

  test('that both want one permalink are CONFLICTING_INPUT at the second', async () => {
    const outcome = await posts(
      { id: '2', permalink: { put: { ref: { url: '/one' } } } },
      { id: '1', ...url('/uno') },
    );
    expect(issuesOf(outcome)).toEqual([
      'CONFLICTING_INPUT input.posts.cast.entries.1.permalink.cast.entry',
    ]);
  });

  test('that swap their permalinks swap them', async () => {
    await write({ build: { url: '/two' } }, '2');
    await posts(
      { id: '1', permalink: { put: { ref: { url: '/two' } } } },
      { id: '2', permalink: { put: { ref: { url: '/one' } } } },
    );
    expect(await blog.changes()).toEqual([
      '- permalink 51 /one, post 1',
      '+ permalink 51 /one, post 2',
      '+ permalink 501 /two, post 1',
    ]);
  });

  test('that swap their urls swap them', async () => {
    await write({ build: { url: '/two' } }, '2');
    await posts({ id: '1', ...url('/two') }, { id: '2', ...url('/one') });
    expect(await blog.changes()).toEqual([
      '- permalink 51 /one, post 1',
      '+ permalink 51 /two, post 1',
      '+ permalink 501 /one, post 2',
    ]);
  });

  test('that take the same url are UNIQUE at the second', async () => {
    const outcome = await posts({ id: '1', ...url('/same') }, { id: '2', ...url('/same') });
    expect(issuesOf(outcome)).toEqual([
      'UNIQUE input.posts.cast.entries.1.permalink.cast.entry.url',
    ]);
  });
});
