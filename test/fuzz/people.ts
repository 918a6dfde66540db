import { SignJWT } from 'jose';
import { families, type RunSql } from './blog.ts';
import type { Habit } from './stock.ts';

/** Who sends the requests of a burst. */
export type Person = {
  readonly name: string;
  /** Absent: without one. */
  readonly token?: string;
  readonly isAdmin: boolean;
  readonly habit: Omit<Habit, 'wanted'>;
};

/** How many of the families have posts of ann's. */
const ANNS = 20;

/**
 * The people of a service with a secret: an admin, an author, one who is none, and nobody. The less
 * they may write, the less they try.
 */
export async function makePeople(secret: string): Promise<readonly Person[]> {
  const tokenOf = (name: string, scope: string) =>
    new SignJWT({ scope })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(name)
      .setExpirationTime('1d')
      .sign(new TextEncoder().encode(secret));
  const root = {
    name: 'root',
    token: await tokenOf('root', 'admin'),
    isAdmin: true,
    habit: { writes: 0.7, families },
  };
  const ann = {
    name: 'ann',
    token: await tokenOf('ann', ''),
    isAdmin: false,
    habit: { writes: 0.6, families: families.slice(0, ANNS) },
  };
  const bob = {
    name: 'bob',
    token: await tokenOf('bob', ''),
    isAdmin: false,
    habit: { writes: 0.3, families },
  };
  const nobody = { name: 'nobody', isAdmin: false, habit: { writes: 0.2, families } };
  return [root, ann, root, bob, root, nobody];
}

/** Gives ann an author, and the posts of a third of the families. */
export async function writePeople(run: RunSql): Promise<void> {
  await run(`UPDATE authors SET subject = 'ann' WHERE id = 10;
    UPDATE posts SET author_id = 10 WHERE id <= ${10 * ANNS}`);
}

type Foreign = {
  readonly table: string;
  readonly id: string;
  readonly row: string;
};

/** The rows that are not a person's own, and so not the person's to change. */
export async function readForeign(run: RunSql, { name }: Person): Promise<readonly Foreign[]> {
  const mine = `SELECT id FROM authors WHERE subject = '${name}'`;
  const own = `SELECT id FROM posts WHERE author_id IN (${mine})`;
  const read = (table: string, isOwn: string, id = 'id::text') =>
    `SELECT '${table}' AS table, ${id} AS id, t::text AS row FROM ${table} AS t WHERE (${isOwn}) IS NOT TRUE`;
  const rows = await run(
    [
      read('authors', `subject = '${name}'`),
      read('posts', `author_id IN (${mine})`),
      read('comments', `post_id IN (${own})`),
      read('permalinks', `post_id IN (${own})`),
      read('posts_tags', `post_id IN (${own})`, `post_id || ' ' || tag_id`),
      read('tags', 'false'),
    ].join(' UNION ALL '),
  );
  return rows as readonly Foreign[];
}

/**
 * What a person has changed without being allowed to: a row of another's that is gone, other than
 * it was, or come, apart from new comments and tags of who is signed in.
 */
export function findTrespass(
  { token }: Person,
  before: readonly Foreign[],
  after: readonly Foreign[],
): readonly string[] {
  const textOf = ({ table, id, row }: Foreign) => `${table} ${id} ${row}`;
  const known = new Set(before.map(({ table, id }) => `${table} ${id}`));
  const [was, is] = [new Set(before.map(textOf)), new Set(after.map(textOf))];
  const mayAdd = ({ table, id }: Foreign) =>
    token !== undefined &&
    ['comments', 'tags'].includes(table) &&
    !known.has(`${table} ${id}`) &&
    Number(id) > 1_000;
  return [
    ...before.filter((row) => !is.has(textOf(row))),
    ...after.filter((row) => !was.has(textOf(row)) && !mayAdd(row)),
  ].map(textOf);
}
