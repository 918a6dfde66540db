import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { waiters, whileHeld } from '../support/held.ts';
import { issuesOf, operationsOf, refusalOf } from '../support/write.ts';

const blog = useBlog();

describe('a tag', () => {
  test('is created, and renamed for every post', async () => {
    const created = await blog.write('createTag', { input: { name: 'sql' } });
    expect(created.record).toMatchObject({ name: 'sql', posts: [] });
    const renamed = await blog.write('updateTag', { id: '41', input: { name: 'Ecto' } });
    expect(operationsOf(renamed)).toEqual(['UPDATE Tag 41 input GIVEN name: "ecto" -> "Ecto"']);
    expect(await blog.changes()).toEqual(['- tag 41 ecto', '+ tag 41 Ecto', '+ tag 401 sql']);
  });

  test.each([
    ['createTag', { input: { name: 'ecto' } }, 'UNIQUE input.name'],
    ['createTag', { input: { name: ' ' } }, 'REQUIRED input.name'],
    ['updateTag', { id: '41', input: { name: 'elixir' } }, 'UNIQUE input.name'],
    ['updateTag', { id: '41', input: { name: null } }, 'REQUIRED input.name'],
  ])('%s of %j is refused: %s', async (mutation, variables, issue) => {
    expect(issuesOf(await blog.write(mutation, variables))).toEqual([issue]);
    expect(await blog.changes()).toEqual([]);
  });

  test('is not found by what is no id', async () => {
    for (const [mutation, rest] of [
      ['updateTag', { input: {} }],
      ['deleteTag', {}],
    ] as const) {
      expect(refusalOf(await blog.write(mutation, { id: 'x', ...rest }))).toBe('NotFound Tag x');
    }
  });
});

describe('deleteTag', () => {
  test('takes the links along, each an UNLINK of its post, and leaves the posts', async () => {
    await blog.database.sql('INSERT INTO posts_tags VALUES (3, 41)');
    const outcome = await blog.write('deleteTag', { id: '41' });
    expect(operationsOf(outcome)).toEqual([
      'UNLINK Post 1 posts CASCADED',
      'UNLINK Post 3 posts CASCADED',
      'DELETE Tag 41 [] GIVEN name: "ecto" -> null',
    ]);
    expect(outcome.record).toMatchObject({ id: '41', name: 'ecto', posts: [] });
    expect(await blog.changes()).toEqual(['- tag 41 ecto', '- link post 1 tag 41']);
  });

  test('of a tag without posts deletes the tag alone', async () => {
    await blog.database.sql('DELETE FROM posts_tags');
    expect(operationsOf(await blog.write('deleteTag', { id: '43' }))).toEqual([
      'DELETE Tag 43 [] GIVEN name: "prisma" -> null',
    ]);
  });

  test('keeps nothing as a dry run', async () => {
    const outcome = await blog.write('deleteTag', { id: '41', options: { dryRun: true } });
    expect(outcome.changeset?.counts).toMatchObject({ deleted: 1, unlinked: 1 });
    expect(await blog.changes()).toEqual([]);
  });

  test('waits for a writer of one of its posts, who holds nothing that it needs', async () => {
    // The writer has locked its post and links the tag to another one when the deletion waits.
    const outcome = await whileHeld(
      blog.database,
      'SELECT FROM posts WHERE id = 1 FOR NO KEY UPDATE',
      async () => {
        const answer = blog.write('deleteTag', { id: '41' });
        await waiters(blog.database);
        await blog.database.sql('INSERT INTO posts_tags VALUES (2, 41)');
        return { answer };
      },
      'COMMIT',
    );
    expect(operationsOf(await outcome.answer)).toEqual([
      'UNLINK Post 1 posts CASCADED',
      'UNLINK Post 2 posts CASCADED',
      'DELETE Tag 41 [] GIVEN name: "ecto" -> null',
    ]);
  });

  test('waits for its posts before the tag', async () => {
    const statements = await blog.statementsOf(async () => {
      const { answer } = await whileHeld(
        blog.database,
        'SELECT FROM posts WHERE id = 1 FOR NO KEY UPDATE',
        async () => {
          const answer = blog.write('deleteTag', { id: '41' });
          await waiters(blog.database);
          return { answer };
        },
      );
      await answer;
    });
    const waits = statements.flatMap(({ sql }) => {
      const [, table] = /FROM "(\w+)" .* FOR (?:NO KEY )?UPDATE$/.exec(sql) ?? [];
      return table === undefined ? [] : [table];
    });
    expect(waits).toEqual(['posts', 'tags']);
  });
});
