import { expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import {
  addError,
  change,
  type Prepare,
  putAction,
  putChange,
} from '../../src/changeset/changeset.ts';
import { prepareChanges } from '../../src/changeset/optimistic-lock.ts';
import { buildStruct } from '../../src/model/struct.ts';
import { valueText } from '../../src/model/value.ts';
import type { PrismaClient } from '../ecto/generated/prisma/client.ts';
import { load, modelOf, modelsWith, repoOf, useCore } from '../support/core.ts';

const database = useCore();
const models = modelsWith({
  'Post.comments': { onReplace: 'delete' },
  'Post.author': { onReplace: 'nilify' },
});
const post = modelOf(models, 'Post');
const comment = modelOf(models, 'Comment');
const author = modelOf(models, 'Author');
const repo = () => repoOf(database, models);

/** A function that notes that it ran, for which record. */
function noting(ran: string[], name: string): Prepare {
  return (changeset) => {
    ran.push(name);
    return changeset;
  };
}

async function seed(): Promise<void> {
  await database.sql(
    `INSERT INTO authors (name) VALUES ('Ann');
     INSERT INTO posts (id, title, author_id) VALUES (7, 'A', 1);
     INSERT INTO comments (id, body, post_id) VALUES (10, 'a', 7), (11, 'b', 7)`,
  );
}

const castComments = (ran: string[]) => ({
  with: (child: Parameters<typeof cast>[0], params: object) => {
    const changeset = cast(child, { ...params }, ['body']);
    const id = valueText(changeset.data.fields['id'] ?? null);
    const name = `comment ${id}`;
    return prepareChanges(changeset, noting(ran, name));
  },
});

test('they run in the order in which they were added, an owner before its children and its parent', async () => {
  await seed();
  const ran: string[] = [];
  const loaded = await load(repo(), post, 7n, ['comments', 'author']);
  const params = {
    title: 'B',
    comments: [{ id: 11, body: 'z' }, { body: 'new' }, { id: 10, body: 'y' }],
  };
  let changeset = cast(loaded, params, ['title']);
  changeset = prepareChanges(changeset, noting(ran, 'first'));
  changeset = castAssoc(changeset, 'comments', castComments(ran));
  changeset = putAssoc(
    changeset,
    'author',
    prepareChanges(change(buildStruct(author), { name: 'Bob' }), noting(ran, 'author')),
  );
  changeset = prepareChanges(changeset, noting(ran, 'second'));
  expect(await repo().update(changeset)).toMatchObject({ ok: true });
  expect(ran).toEqual(['first', 'second', 'comment 11', 'comment null', 'comment 10', 'author']);
});

test('none runs for a record that stays as it is, at any level', async () => {
  await seed();
  const ran: string[] = [];
  const loaded = await load(repo(), post, 7n, ['comments']);
  const idle = prepareChanges(change(loaded), noting(ran, 'post'));
  expect(await repo().update(idle)).toMatchObject({ ok: true });
  expect(ran).toEqual([]);
  const params = { comments: [{ id: 10 }, { id: 11, body: 'z' }] };
  const changeset = castAssoc(cast(loaded, params, []), 'comments', castComments(ran));
  expect(await repo().update(changeset)).toMatchObject({ ok: true });
  expect(ran).toEqual(['comment 11']);
});

test('none runs for what is below a record that is deleted, or that is invalid before', async () => {
  await seed();
  const ran: string[] = [];
  const loaded = await load(repo(), comment, 10n);
  const deletion = prepareChanges(change(loaded), noting(ran, 'comment'));
  expect(await repo().delete(deletion)).toMatchObject({ ok: true });
  expect(ran).toEqual(['comment']);
  const owner = await load(repo(), post, 7n, ['comments']);
  const below = castAssoc(
    cast(owner, { comments: [{ body: 'new' }] }, []),
    'comments',
    castComments(ran),
  );
  await database.sql('DELETE FROM comments');
  expect(await repo().delete(below)).toMatchObject({ ok: true });
  const wrong = addError(
    prepareChanges(change(buildStruct(author)), noting(ran, 'x')),
    'name',
    'no',
  );
  expect(await repo().insert(wrong)).toMatchObject({ ok: false });
  expect(ran).toEqual(['comment']);
});

test('what one changes is written, and the client it is given is that of the transaction', async () => {
  await seed();
  const loaded = await load(repo(), post, 7n);
  const changeset = prepareChanges(change(loaded, { title: 'B' }), async (prepared, client) => {
    const tx = client as PrismaClient;
    await tx.author.update({ where: { id: 1n }, data: { name: 'Anna' } });
    return putChange(prepared, 'comment_count', await tx.comment.count());
  });
  const statements = await database.statementsOf(async () => {
    expect(await repo().update(changeset)).toMatchObject({ ok: true });
  });
  expect(new Set(statements.map(({ session }) => session)).size).toBe(1);
  expect(await database.sql('SELECT title, comment_count FROM posts')).toEqual([
    { title: 'B', comment_count: 2 },
  ]);
  expect(await database.sql('SELECT name FROM authors')).toEqual([{ name: 'Anna' }]);
});

test('an error that one adds undoes everything, and comes back in the changeset', async () => {
  await seed();
  const loaded = await load(repo(), post, 7n, ['comments']);
  let changeset = prepareChanges(
    cast(loaded, { title: 'B', comments: [{ id: 10 }, { body: 'new' }] }, ['title']),
    async (prepared, client) => {
      await (client as PrismaClient).author.deleteMany({ where: { id: 9n } });
      await (client as PrismaClient).author.create({ data: { name: 'side' } });
      return prepared;
    },
  );
  changeset = castAssoc(changeset, 'comments', {
    with: (child, params) =>
      prepareChanges(cast(child, params, ['body']), (prepared) =>
        addError(prepared, 'body', 'is late'),
      ),
  });
  const before = await database.sql('SELECT * FROM posts, comments');
  const outcome = await repo().update(changeset);
  expect(outcome).toMatchObject({
    ok: false,
    changeset: {
      action: 'update',
      valid: false,
      assocs: {
        comments: {
          entries: [
            { changeset: { errors: [] } },
            { changeset: { errors: [{ field: 'body', message: 'is late' }] } },
          ],
        },
      },
    },
  });
  expect(await database.sql('SELECT * FROM posts, comments')).toEqual(before);
  expect(await database.sql('SELECT * FROM authors')).toHaveLength(1);
});

test('once an owner is invalid nothing below it runs', async () => {
  await seed();
  const ran: string[] = [];
  const loaded = await load(repo(), post, 7n, ['comments']);
  const changeset = castAssoc(
    prepareChanges(cast(loaded, { comments: [{ body: 'new' }] }, []), (prepared) =>
      addError(prepared, 'title', 'is late'),
    ),
    'comments',
    castComments(ran),
  );
  expect(await repo().update(changeset)).toMatchObject({ ok: false });
  expect(ran).toEqual([]);
});

test('what one puts into an association is written too, after its own functions have run', async () => {
  await seed();
  const ran: string[] = [];
  const fresh = prepareChanges(
    putAction(change(buildStruct(comment), { body: 'put' }), 'insert'),
    noting(ran, 'fresh'),
  );
  const changeset = prepareChanges(
    change(await load(repo(), post, 7n, ['comments']), { title: 'B' }),
    (prepared) => putAssoc(prepared, 'comments', [fresh]),
  );
  expect(await repo().update(changeset)).toMatchObject({ ok: true });
  expect(ran).toEqual(['fresh']);
  expect(await database.sql('SELECT body FROM comments')).toEqual([{ body: 'put' }]);
});
