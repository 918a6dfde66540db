import { expect, test } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { readCase } from './case.ts';
import { judge } from './judge.ts';
import { useWorld } from './kept-cases.ts';

/*
 * Words of the form that the kept cases do not use. What is expected is what Ecto 3.13 does by its
 * sources (Ecto.Repo.Schema, Ecto.Repo.Preloader).
 */

const world = useWorld();

const post = { id: 7, title: 'A', body: null, author_id: null };
const locked = { ...post, lock_version: 1 };
const comment = { id: 10, body: 'a', post_id: 7 };
const get = { get: 'post', id: 7 };
const castTitle = { kind: 'cast', root: get, permit: ['title'] };
const retitled = { ...castTitle, params: { title: 'T' } };
const blank = { ...castTitle, params: { title: '' }, required: ['title'] };
const castComments = {
  ...retitled,
  root: { ...get, preload: ['comments'] },
  casts: [{ assoc: 'comments' }],
};
const lockRaised = 'UPDATE posts SET lock_version = 5';
const raised = (exception: string, message: string) => ({
  status: 'raises',
  exception,
  message,
  raisedIn: 'repo',
});
const notValid = raised(
  'Ecto.InvalidChangesetError',
  'could not perform update because changeset is invalid.',
);
const record = (type: string, fields: Values, assocs: Values = {}) => ({
  __type__: type,
  __state__: 'loaded',
  ...fields,
  ...assocs,
});

interface Recorded {
  readonly rows?: Values;
  readonly associations?: Values;
  readonly operation: Values;
  readonly expect: Values;
}

const cases: Readonly<Record<string, Recorded>> = {
  'force updates what does not change': {
    rows: { posts: [{ ...post, updated_at: null }] },
    associations: { timestamps: true },
    operation: {
      kind: 'update',
      root: get,
      repo: 'update!',
      repo_opts: { force: true },
    },
    expect: {
      status: 'ok',
      writes: [['UPDATE', 'posts']],
      rows: {
        posts: [{ ...post, updated_at: '~N[2026-01-01 00:00:00.000000]' }],
      },
    },
  },
  'force raises the version of a lock': {
    rows: { posts: [locked] },
    associations: { lock: true },
    operation: {
      ...castTitle,
      params: {},
      lock: 'lock_version',
      repo: 'insert_or_update!',
      repo_opts: { force: true },
    },
    expect: {
      status: 'ok',
      writes: [['UPDATE', 'posts']],
      rows: { posts: [{ ...locked, lock_version: 2 }] },
    },
  },
  'returning reads back what another session wrote': {
    operation: {
      ...retitled,
      meanwhile: [`UPDATE posts SET body = 'm'`],
      repo: 'update',
      repo_opts: { returning: ['body'] },
    },
    expect: {
      status: 'ok',
      result: record('Post', { ...post, title: 'T', body: 'm' }),
    },
  },
  'without returning nothing is read back': {
    operation: {
      ...retitled,
      meanwhile: [`UPDATE posts SET body = 'm'`],
      repo: 'update',
    },
    expect: { status: 'ok', result: record('Post', { ...post, title: 'T' }) },
  },
  'allow_stale passes over a version that differs': {
    rows: { posts: [locked] },
    associations: { lock: true },
    operation: {
      ...retitled,
      lock: 'lock_version',
      meanwhile: [lockRaised],
      repo: 'update',
      repo_opts: { allow_stale: true },
    },
    expect: {
      status: 'ok',
      writes: [['UPDATE', 'posts']],
      rows: { posts: [{ ...locked, lock_version: 5 }] },
    },
  },
  'allow_stale passes over a child that is gone': {
    rows: { posts: [post], comments: [comment] },
    associations: { comments: { onReplace: 'delete' } },
    operation: {
      ...castComments,
      params: { comments: [{ id: 10, body: 'b' }, { body: 'n' }] },
      meanwhile: ['DELETE FROM comments'],
      repo: 'update',
      repo_opts: { allow_stale: true },
    },
    expect: {
      status: 'ok',
      writes: [
        ['UPDATE', 'comments'],
        ['INSERT', 'comments'],
      ],
      rows: { posts: [post], comments: [{ ...comment, id: 100, body: 'n' }] },
    },
  },
  'allow_stale leaves the foreign key of a new child to the database': {
    operation: {
      ...castComments,
      params: { title: 'T', comments: [{ body: 'n' }] },
      meanwhile: ['DELETE FROM posts'],
      repo: 'update',
      repo_opts: { allow_stale: true },
    },
    expect: raised('Ecto.ConstraintError', '* "comments_post_id_fkey" (foreign_key_constraint)'),
  },
  'a function with a ! raises an invalid changeset': {
    operation: { ...blank, repo: 'update!' },
    expect: { ...notValid, rows: { posts: [post] } },
  },
  'an action set beforehand must be that of the function': {
    operation: { ...retitled, set_action: 'delete', repo: 'update' },
    expect: raised('ArgumentError', 'a changeset with action :delete was given to Repo.update/2'),
  },
  'an action set beforehand may be ignore where the changeset is invalid': {
    operation: { ...blank, set_action: 'ignore', repo: 'update' },
    expect: {
      status: 'invalid',
      errors: [{ path: ['title'], message: "can't be blank" }],
    },
  },
  'build_assoc without params has constraints': {
    operation: {
      kind: 'build_assoc',
      root: get,
      assoc: 'comments',
      attributes: { body: 'x' },
      constraints: [{ type: 'foreign_key_constraint', field: 'post_id' }],
      meanwhile: ['DELETE FROM posts'],
      repo: 'insert',
    },
    expect: {
      status: 'invalid',
      errors: [{ path: ['post_id'], message: 'does not exist' }],
    },
  },
  'a preload of no record reads nothing': {
    operation: {
      kind: 'preload',
      root: { all: 'post', ids: [] },
      preload: ['comments'],
      opts: { force: true, in_parallel: false },
    },
    expect: { status: 'ok', reads: 0, result: [] },
  },
  'a limit is over all records, in the order of the association': {
    rows: {
      posts: [post, { ...post, id: 8 }, { ...post, id: 9 }],
      comments: [comment, { id: 11, body: 'b', post_id: 8 }, { id: 12, body: 'c', post_id: 8 }],
    },
    associations: { comments: { preloadOrder: { desc: 'body' } } },
    operation: {
      kind: 'preload',
      root: { all: 'post', ids: [8, 7] },
      preload: [{ assoc: 'comments', query: { from: 'comment', limit: 2 } }],
    },
    expect: {
      status: 'ok',
      reads: 1,
      result: [
        record('Post', post, { comments: [record('Comment', comment)] }),
        record(
          'Post',
          { ...post, id: 8 },
          { comments: [record('Comment', { id: 12, body: 'c', post_id: 8 })] },
        ),
      ],
    },
  },
};

test.each(Object.entries(cases))('%s', async (name, given) => {
  const read = readCase({
    id: 'word',
    group: 'words',
    name,
    rows: { posts: [post] },
    associations: {},
    ...given,
  });
  if (!read.ok) throw new Error(read.problem);
  expect(await judge(world.current, read.case)).toEqual({
    kind: 'judged',
    problems: [],
    applied: [],
  });
});
