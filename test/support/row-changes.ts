import type { StoredRow, Tables } from './rows.ts';

/** What happened to a row, in the words of the API's operations. */
export interface RowChange {
  readonly action: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly type: string;
  readonly id: string;
  readonly changes: readonly {
    readonly field: string;
    readonly from: unknown;
    readonly to: unknown;
  }[];
}

/** The columns that operations tell of, by table: the field of each, and whether it is a foreign key. */
const told = {
  authors: { type: 'Author', columns: { name: 'name' } },
  posts: {
    type: 'Post',
    columns: { title: 'title', body: 'body', author_id: 'authorId' },
  },
  comments: { type: 'Comment', columns: { body: 'body', post_id: 'postId' } },
} as const;

/** The rows that differ between two readings. A row that was written counts also where it holds what it held. */
export function changesOfRows(
  before: Tables,
  after: Tables,
): readonly RowChange[] {
  return (['authors', 'posts', 'comments'] as const).flatMap((table) => {
    const ids = [...before[table], ...after[table]].map(({ id }) => id);
    return [...new Set(ids)].flatMap((id) => {
      const was = before[table].find((row) => row['id'] === id);
      const is = after[table].find((row) => row['id'] === id);
      if (was?.['xmin'] === is?.['xmin']) return [];
      const { type } = told[table];
      const action = !was ? 'INSERT' : is ? 'UPDATE' : 'DELETE';
      return [
        { action, type, id: String(id), changes: fields(table, was, is) },
      ];
    });
  });
}

function fields(
  table: keyof typeof told,
  was: StoredRow | undefined,
  is: StoredRow | undefined,
): RowChange['changes'] {
  return Object.entries(told[table].columns).flatMap(([column, field]) => {
    const text = (row: StoredRow | undefined) => {
      const value = row?.[column] ?? null;
      return typeof value === 'number' ? String(value) : value;
    };
    const [from, to] = [text(was), text(is)];
    return from === to ? [] : [{ field, from, to }];
  });
}
