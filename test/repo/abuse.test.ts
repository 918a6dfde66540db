import { expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { change, putAction } from '../../src/changeset/changeset.ts';
import { ChangesetError } from '../../src/changeset/changeset-error.ts';
import { buildStruct, loadStruct } from '../../src/model/struct.ts';
import { makeRepo } from '../../src/repo/repo.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();

const Post = blog.model('Post');
const post = loadStruct(Post, { id: 7n, title: 'A', lockVersion: 1 });
const tag = loadStruct(blog.model('Tag'), { id: 1n, name: 'ecto' });
const repo = () => makeRepo(database.client, blog.models);

/** Function, wrong use, call, message. */
const abuse: readonly (readonly [string, string, () => unknown, string])[] = [
  [
    'insert',
    'a record that is built with a value of another type',
    () => repo().insert(buildStruct(Post, { title: 12 })),
    'cannot insert 12 as "title" of Post: it is not of type String. Cast it first.',
  ],
  [
    'update',
    'a record instead of a changeset',
    () => repo().update(post as never),
    'cannot update Post: its changes cannot be told. Give a changeset, as change or cast makes it.',
  ],
  [
    'update',
    'no field to give back',
    () => repo().update(change(post), { returning: [] }),
    'cannot return no field of Post: "returning" names the fields to read back. Name some, or leave it out.',
  ],
  [
    'update',
    'a field to give back that does not exist',
    () => repo().update(change(post), { returning: ['titel'] }),
    'cannot return "titel" of Post: there is no such field.',
  ],
  [
    'update',
    'a changeset that is to delete',
    () => repo().update(putAction(change(post), 'delete')),
    'cannot update Post: its action is "delete". Give it to that function, or leave the action out.',
  ],
  [
    'insertOrThrow',
    'a changeset that is to update',
    () => repo().insertOrThrow(putAction(change(buildStruct(Post)), 'update')),
    'cannot insert Post: its action is "update". Give it to that function, or leave the action out.',
  ],
  [
    'updateOrThrow',
    'a record instead of a changeset',
    () => repo().updateOrThrow(post as never),
    'cannot update Post: its changes cannot be told. Give a changeset, as change or cast makes it.',
  ],
  [
    'deleteOrThrow',
    'a record that is deleted already',
    () => repo().deleteOrThrow({ ...post, state: 'deleted' }),
    'cannot delete Post: it is deleted. Build a new record.',
  ],
  [
    'insertOrUpdateOrThrow',
    'a valid changeset that is to be ignored',
    () => repo().insertOrUpdateOrThrow(putAction(change(post), 'ignore')),
    'cannot update Post: its action is "ignore". Give it to that function, or leave the action out.',
  ],
  [
    'delete',
    'a record that is deleted already',
    () => repo().delete({ ...post, state: 'deleted' }),
    'cannot delete Post: it is deleted. Build a new record.',
  ],
  [
    'insertOrUpdate',
    'a record instead of a changeset',
    () => repo().insertOrUpdate(post as never),
    'cannot insertOrUpdate Post: its changes cannot be told. Give a changeset, as change or cast makes it.',
  ],
  [
    'get',
    'a key of another type',
    () => repo().get(Post, 'abc'),
    'cannot get Post "abc": "id" must be a BigInt, and not null.',
  ],
  [
    'preload',
    'an association that is not there',
    () => repo().preload(post, ['nope']),
    'cannot preload "nope" of Post: there is no such association. It has: author, comments, postTags, permalink, tags.',
  ],
  [
    'preload',
    'records of two models',
    () => repo().preload([post, tag], ['comments']),
    'cannot preload Post and Tag at once: give records of one model.',
  ],
];

test.each(abuse)('%s refuses %s', async (_name, _use, call, message) => {
  await expect((async () => call())()).rejects.toThrow(new ChangesetError(message));
});

test('every function of a repo has a test of its wrong use', () => {
  const tested = new Set(abuse.map(([name]) => name));
  // What a transaction runs, and every record there is, cannot be asked wrongly.
  const exempt = new Set(['transaction', 'all']);
  const missing = Object.keys(repo()).filter((name) => !tested.has(name) && !exempt.has(name));
  expect(missing).toEqual([]);
});
