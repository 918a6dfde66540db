import { beforeEach, expect, test } from 'vitest';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { waiters, whileHeld } from '../support/held.ts';
import { type MutationResult, mutationText } from '../support/mutation.ts';
import { post, useService } from '../support/service.ts';

const database = useDatabase();
const service = useService(database);

beforeEach(() => writeBlog(database));

/** What links tag 43 to post 1. */
const link = {
  id: '1',
  input: { tags: { put: { refs: ['41', '42', '43'].map((id) => ({ id })) } } },
};

async function send(): Promise<MutationResult> {
  const { data, errors } = await post<{ result: MutationResult }>(
    service.url,
    mutationText('updatePost'),
    link,
  );
  expect(errors).toBeUndefined();
  return data.result;
}

/** What an answer says of tag 43. */
function ofTag({ changeset, issues }: MutationResult): readonly string[] {
  const operations = (changeset?.operations ?? []).filter(({ recordId }) => recordId === '43');
  return [
    ...operations.map(({ action }) => action),
    ...(issues ?? []).map(({ code, path }) => `${code} ${path.join('.')}`),
  ];
}

const links = () =>
  database.sql('SELECT tag_id::int AS tag FROM posts_tags WHERE post_id = 1 ORDER BY tag_id');

/** Answers to requests that wait for another session, which is kept then. */
async function whileOther(sql: string, count: number): Promise<readonly MutationResult[]> {
  const waiting = await whileHeld(
    database,
    sql,
    async () => {
      const answers = Array.from({ length: count }, send);
      await waiters(database, count);
      return { answers };
    },
    'COMMIT',
  );
  return Promise.all(waiting.answers);
}

test('of two requests that link the same tag at once one links it, and the other finds it linked', async () => {
  const answers = await whileOther('SELECT FROM posts WHERE id = 1 FOR UPDATE', 2);
  expect(answers.map(ofTag).toSorted((a, b) => a.length - b.length)).toEqual([
    ['UNCHANGED'],
    ['LINK', 'UNCHANGED'],
  ]);
  expect(await links()).toEqual([{ tag: 41 }, { tag: 42 }, { tag: 43 }]);
});

test('a link that another, who takes no lock of the post, makes meanwhile is found by a second try', async () => {
  const [answer] = await whileOther('INSERT INTO posts_tags VALUES (1, 43)', 1);
  expect(answer && ofTag(answer)).toEqual(['UNCHANGED']);
  expect(await links()).toEqual([{ tag: 41 }, { tag: 42 }, { tag: 43 }]);
});

test('a tag that another deletes meanwhile is not there to be linked', async () => {
  const [answer] = await whileOther(
    'DELETE FROM posts_tags WHERE tag_id = 43; DELETE FROM tags WHERE id = 43',
    1,
  );
  expect(answer && ofTag(answer)).toEqual(['UNKNOWN_REF input.tags.put.refs.2']);
  expect(await links()).toEqual([{ tag: 41 }, { tag: 42 }]);
});
