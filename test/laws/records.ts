import type { Models } from '../../src/model/model.ts';
import type { Assocs, Struct } from '../../src/model/struct.ts';
import { loadStruct } from '../../src/model/struct.ts';
import type { Value, Values } from '../../src/model/value.ts';
import { castValue } from '../../src/model/types/cast-value.ts';
import type { Preload } from '../../src/repo/read/preload.ts';
import { modelOf } from '../support/core.ts';
import type { LawRows } from './rows.ts';

/** What is loaded below each root. */
export const preloads: Readonly<Record<'Post' | 'Author', readonly Preload[]>> = {
  Post: ['author', 'comments', 'notes', 'permalink', 'tags'],
  Author: [{ assoc: 'posts', preload: ['comments', 'notes', 'permalink', 'tags'] }],
};

/**
 * Record 1 of a model with its `preloads`, as they are loaded once the rows are in the database.
 */
export function rootOf(models: Models, rows: LawRows, root: 'Post' | 'Author'): Struct {
  const record = recordOfRow(models);
  const post = (row: Values, assocs?: Assocs) => postOf(models, rows, row, assocs);
  const [author = {}] = rows['authors'] ?? [];
  const posts = rows['posts'] ?? [];
  if (root === 'Author') {
    const mine = posts.filter((row) => row['author_id'] === author['id']);
    return record('Author', author, { posts: mine.map((row) => post(row)) });
  }
  const [first = {}] = posts;
  const own = (rows['authors'] ?? []).find((row) => row['id'] === first['author_id']);
  return post(first, { author: own ? record('Author', own) : null });
}

/** Every record of a model, of posts with what is below them. */
export function recordsOf(models: Models, rows: LawRows, name: string): readonly Struct[] {
  const own = rows[modelOf(models, name).table] ?? [];
  return own.map((row) =>
    name === 'Post' ? postOf(models, rows, row) : recordOfRow(models)(name, row),
  );
}

function postOf(models: Models, rows: LawRows, row: Values, assocs: Assocs = {}): Struct {
  const record = recordOfRow(models);
  const mine = (table: string) =>
    (rows[table] ?? []).filter((other) => other['post_id'] === row['id']);
  const tagIds = mine('posts_tags').map((link) => link['tag_id']);
  return record('Post', row, {
    comments: mine('comments').map((other) => record('Comment', other)),
    notes: mine('notes').map((other) => record('Note', other)),
    permalink: mine('permalinks').map((other) => record('Permalink', other))[0] ?? null,
    tags: (rows['tags'] ?? [])
      .filter((tag) => tagIds.includes(tag['id']))
      .map((tag) => record('Tag', tag)),
    ...assocs,
  });
}

/** The record of a row, or null. */
export function recordOf(models: Models, rows: LawRows, name: string, id: number): Struct | null {
  const row = rows[modelOf(models, name).table]?.find((other) => other['id'] === id);
  return row ? recordOfRow(models)(name, row) : null;
}

function recordOfRow(models: Models) {
  return (name: string, row: Values, assocs: Assocs = {}): Struct => {
    const model = modelOf(models, name);
    const fields: { [field: string]: Value } = {};
    for (const field of model.fields.values()) {
      const given = row[field.column];
      const cast = castValue(field, given === undefined ? field.default : given);
      fields[field.name] = cast.ok ? cast.value : null;
    }
    return loadStruct(model, fields, assocs);
  };
}
