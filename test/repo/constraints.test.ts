import { afterEach, describe, expect, test } from 'vitest';
import { castAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { change } from '../../src/changeset/changeset.ts';
import {
  checkConstraint,
  exclusionConstraint,
  noAssocConstraint,
  uniqueConstraint,
} from '../../src/changeset/constraint/constraint.ts';
import { listErrors } from '../../src/changeset/traverse-errors.ts';
import { buildStruct } from '../../src/model/struct.ts';
import { ConstraintError } from '../../src/repo/errors/errors.ts';
import { load, modelOf, modelsWith, repoOf, useCore } from '../support/core.ts';

const database = useCore();
const models = modelsWith({
  'Author.posts': { onReplace: 'delete' },
  'Post.tags': { onReplace: 'delete' },
});
const repo = () => repoOf(database, models);
const author = modelOf(models, 'Author');
const tag = modelOf(models, 'Tag');
const named = (name: string) => change(buildStruct(author), { name });

afterEach(async () => {
  await database.sql(
    `ALTER TABLE authors DROP CONSTRAINT IF EXISTS authors_name_check;
     ALTER TABLE authors DROP CONSTRAINT IF EXISTS authors_name_exclusion`,
  );
});

async function errorsOf(changeset: Changeset) {
  const outcome = await repo().insert(changeset);
  return outcome.ok ? [] : listErrors(outcome.changeset);
}

describe('a constraint that the changeset declares', () => {
  test('of a foreign key ON DELETE RESTRICT is an error of the association', async () => {
    const foreignKey = (onDelete: string) =>
      database.sql(
        `ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey,
           ADD CONSTRAINT posts_author_id_fkey FOREIGN KEY (author_id) REFERENCES authors ${onDelete}`,
      );
    await database.sql(
      `INSERT INTO authors (id, name) VALUES (1, 'Ann');
       INSERT INTO posts (id, title, author_id) VALUES (7, 'A', 1)`,
    );
    await foreignKey('ON DELETE RESTRICT');
    try {
      const ann = await load(repo(), author, 1n);
      const outcome = await repo().delete(noAssocConstraint(change(ann), 'posts'));
      expect(outcome.ok ? [] : listErrors(outcome.changeset)).toMatchObject([
        { path: ['posts'], code: 'STILL_ASSOCIATED' },
      ]);
    } finally {
      await foreignKey('');
    }
  });

  test('of a check is an error of its field', async () => {
    await database.sql(
      `ALTER TABLE authors ADD CONSTRAINT authors_name_check CHECK (name <> 'bad')`,
    );
    const options = { name: 'authors_name_check' };
    expect(await errorsOf(checkConstraint(named('bad'), 'name', options))).toEqual([
      {
        field: 'name',
        path: ['name'],
        message: 'is invalid',
        code: 'CHECK',
        params: { constraint: 'check', constraintName: 'authors_name_check' },
      },
    ]);
    const undeclared = repo().insert(named('bad'));
    await expect(undeclared).rejects.toThrow(ConstraintError);
  });

  test('of an exclusion is an error of its field', async () => {
    await database.sql(
      `ALTER TABLE authors ADD CONSTRAINT authors_name_exclusion EXCLUDE USING btree (name WITH =)`,
    );
    await repo().insert(named('a'));
    expect(await errorsOf(exclusionConstraint(named('a'), 'name'))).toMatchObject([
      {
        path: ['name'],
        message: 'violates an exclusion constraint',
        params: { constraint: 'exclusion' },
      },
    ]);
  });

  test.each([
    ['its whole name', { name: 'tags_name_index' }, true],
    ['its start', { name: 'tags_', match: 'prefix' }, true],
    ['its end', { name: '_index', match: 'suffix' }, true],
    ['a pattern', { name: /^tags_\w+_index$/g }, true],
    ['another name', { name: 'tags_name' }, false],
    ['another start', { name: 'name', match: 'prefix' }, false],
    ['another end', { name: 'name', match: 'suffix' }, false],
    ['another pattern', { name: /^name/ }, false],
  ] as const)('is known by %s', async (_what, options, known) => {
    await database.sql(`INSERT INTO tags (name) VALUES ('x')`);
    for (const field of ['first', 'second']) {
      const changeset = uniqueConstraint(change(buildStruct(tag), { name: 'x' }), 'name', {
        ...options,
        errorKey: field,
      });
      const outcome = repo().insert(changeset);
      if (known) {
        expect(await outcome).toMatchObject({
          ok: false,
          changeset: { errors: [{ field, code: 'UNIQUE' }] },
        });
      } else {
        await expect(outcome).rejects.toThrow(`It declares: ${String(options.name)}.`);
      }
    }
  });
});

test('only the first row that the database refuses is reported, at its place', async () => {
  await database.sql(
    `INSERT INTO tags (name) VALUES ('x'), ('y');
     INSERT INTO posts (title) VALUES ('p')`,
  );
  const post = await load(repo(), modelOf(models, 'Post'), 1n, ['tags']);
  const tags = [{ name: 'new' }, { name: 'y' }, { name: 'x' }];
  const changeset = castAssoc(cast(post, { tags }, []), 'tags', {
    with: (child, params) => uniqueConstraint(cast(child, params, ['name']), 'name'),
  });
  const outcome = await repo().update(changeset);
  expect(outcome.ok).toBe(false);
  const errors = outcome.ok ? [] : listErrors(outcome.changeset);
  expect(errors).toMatchObject([{ path: ['tags', 1, 'name'], message: 'has already been taken' }]);
  expect(await database.sql('SELECT name FROM tags')).toHaveLength(2);
});
