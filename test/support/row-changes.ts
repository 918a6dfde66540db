import type { ChangesetPartsFragment } from '../generated/graphql.ts';
import type { StoredRow, Tables } from './rows.ts';

/** What happened to a row, in the words of the API's operations. */
export type RowChange = Pick<
  ChangesetPartsFragment['operations'][number],
  'action' | 'type' | 'id' | 'changes'
>;

/** The columns that operations tell of, by table, with the field of each. */
const told = {
  authors: { type: 'Author', columns: { name: 'name' } },
  posts: {
    type: 'Post',
    columns: { title: 'title', body: 'body', author_id: 'authorId' },
  },
  comments: { type: 'Comment', columns: { body: 'body', post_id: 'postId' } },
  tags: { type: 'Tag', columns: { name: 'name' } },
  permalinks: { type: 'Permalink', columns: { url: 'url', post_id: 'postId' } },
} as const;

const tables = ['authors', 'posts', 'comments', 'tags', 'permalinks'] as const;

/**
 * The rows that differ between two readings, by type and id. A row that was written counts also
 * where it holds what it held; a join row is a link of the tag.
 */
export function changesOfRows(before: Tables, after: Tables): readonly RowChange[] {
  const rows = tables.flatMap((table) =>
    pairsOf(before[table], after[table], 'id').map(([was, is]): RowChange => {
      const action = !was ? 'INSERT' : is ? 'UPDATE' : 'DELETE';
      const changes = fieldChanges(table, was, is);
      return {
        action,
        type: told[table].type,
        id: idOf(was ?? is, 'id'),
        changes,
      };
    }),
  );
  const links = pairsOf(before.posts_tags, after.posts_tags, 'post_id', 'tag_id').map(
    ([was, is]): RowChange => ({
      action: was ? 'UNLINK' : 'LINK',
      type: 'Tag',
      id: idOf(was ?? is, 'tag_id'),
      changes: [],
    }),
  );
  return [...rows, ...links].toSorted(byRow);
}

/** The writes that a changeset tells of, as `changesOfRows` tells of rows. */
export function changesOf({ operations }: ChangesetPartsFragment): readonly RowChange[] {
  return operations
    .filter(({ action }) => action !== 'UNCHANGED')
    .map(({ action, type, id, changes }) => ({ action, type, id, changes }))
    .toSorted(byRow);
}

/**
 * A changeset without the ids of rows that it inserts, in foreign keys too: what a dry run tells of
 * it.
 */
export function withoutNewIds({
  operations,
  ...rest
}: ChangesetPartsFragment): ChangesetPartsFragment {
  const made = new Set(
    operations.flatMap(({ action, type, id }) =>
      action === 'INSERT' ? [`${type} ${String(id)}`] : [],
    ),
  );
  const keyed: Readonly<Record<string, string>> = {
    postId: 'Post',
    authorId: 'Author',
  };
  return {
    ...rest,
    operations: operations.map((operation) => ({
      ...operation,
      id: made.has(`${operation.type} ${String(operation.id)}`) ? null : operation.id,
      changes: operation.changes.map((change) => ({
        ...change,
        to: made.has(`${keyed[change.field] ?? ''} ${String(change.to)}`) ? null : change.to,
      })),
    })),
  };
}

type Pair = readonly [was: StoredRow | undefined, is: StoredRow | undefined];

/** The rows that were written between two readings, before and after, by their key. */
function pairsOf(
  before: readonly StoredRow[],
  after: readonly StoredRow[],
  ...key: string[]
): readonly Pair[] {
  const text = (row: StoredRow) => key.map((column) => String(row[column])).join();
  const was = new Map(before.map((row) => [text(row), row]));
  const is = new Map(after.map((row) => [text(row), row]));
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((name): Pair => [was.get(name), is.get(name)])
    .filter(([old, now]) => old?.['xmin'] !== now?.['xmin']);
}

function fieldChanges(
  table: keyof typeof told,
  was: StoredRow | undefined,
  is: StoredRow | undefined,
): RowChange['changes'] {
  return Object.entries(told[table].columns).flatMap(([column, field]) => {
    const [from, to] = [was, is].map((row) => {
      const value = row?.[column] ?? null;
      return typeof value === 'number' ? String(value) : value;
    });
    return from === to ? [] : [{ field, from, to }];
  });
}

function idOf(row: StoredRow | undefined, column: string): string {
  return String(row?.[column]);
}

function byRow(a: RowChange, b: RowChange): number {
  const [first, second] = [a, b].map(({ action, type, id }) => `${type} ${String(id)} ${action}`);
  return (first ?? '').localeCompare(second ?? '');
}
