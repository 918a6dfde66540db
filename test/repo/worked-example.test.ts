import { expect, test } from 'vitest';
import { models } from '../../src/blog/models.ts';
import type { Changeset, Params } from '../../src/changeset/changeset.ts';
import { castAssoc } from '../../src/changeset/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { validateRequired } from '../../src/changeset/validate.ts';
import { getModel } from '../../src/model/datamodel.ts';
import type { Struct } from '../../src/model/struct.ts';
import { makeRepo } from '../../src/repo/repo.ts';
import { useDatabase, writesOf } from '../support/database.ts';

const database = useDatabase();

const castComment = (comment: Struct, params: Params): Changeset =>
  validateRequired(cast(comment, params, ['body']), ['body']);

test('the worked example is three writes and leaves post 7 and comment 11 alone', async () => {
  await database.sql(
    `INSERT INTO posts (id, title) VALUES (7, 'A story...')`,
  );
  await database.sql(
    `INSERT INTO comments (id, body, post_id) VALUES
       (10, 'Great story!', 7), (11, 'What happened next?', 7), (12, 'Thanks for the article', 7)`,
  );
  await database.sql(`SELECT setval('comments_id_seq', 100)`);
  const before = await database.sql(`SELECT xmin FROM posts UNION ALL SELECT xmin FROM comments WHERE id = 11`);
  const repo = makeRepo(database.client, models);
  const statements = await database.statementsOf(async () => {
    const post = await repo.get(getModel(models, 'Post'), 7n);
    if (!post) throw new Error('no post');
    const loaded = await repo.preload(post, ['comments']);
    const params = {
      comments: [
        { id: '11', body: 'What happened next?' },
        { id: '12', body: 'Thank you for the post' },
        { body: 'Interesting' },
      ],
    };
    const changeset = castAssoc(cast(loaded, params, []), 'comments', {
      with: castComment,
      onReplace: 'delete',
      forceUpdateOnChange: false,
    });
    const outcome = await repo.update(changeset);
    console.dir(outcome.ok && outcome.plan, { depth: 9 });
    expect(outcome.ok).toBe(true);
  });
  console.log(statements.map((s) => s.sql + ' -- ' + s.parameters).join('\n'));
  expect(writesOf(statements)).toEqual(['DELETE comments', 'UPDATE comments', 'INSERT comments']);
  expect(await database.sql(`SELECT xmin FROM posts UNION ALL SELECT xmin FROM comments WHERE id = 11`)).toEqual(before);
});
