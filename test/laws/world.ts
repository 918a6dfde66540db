import * as fc from 'fast-check';
import { castAssoc } from '../../src/changeset/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset, Params } from '../../src/changeset/changeset.ts';
import { uniqueConstraint } from '../../src/changeset/constraint.ts';
import { validateRequired } from '../../src/changeset/validate.ts';
import type { OnReplace, OnUnknown } from '../../src/model/model.ts';
import type { Struct } from '../../src/model/struct.ts';
import type { CoreDatabase } from '../support/core.ts';

/** An association of Post: its table, the field that the casts change, and the onReplace values to try. */
export interface Kind {
  readonly assoc: 'comments' | 'notes' | 'tags' | 'permalink';
  readonly table: 'comments' | 'notes' | 'tags' | 'permalinks';
  readonly label: 'body' | 'name' | 'url';
  readonly onReplace: readonly OnReplace[];
}

const common = ['delete', 'deleteIfExists', 'nilify', 'markAsInvalid'] as const;

const listKinds: readonly Kind[] = [
  {
    assoc: 'comments',
    table: 'comments',
    label: 'body',
    onReplace: common,
  },
  { assoc: 'notes', table: 'notes', label: 'body', onReplace: common },
  {
    assoc: 'tags',
    table: 'tags',
    label: 'name',
    onReplace: ['delete', 'markAsInvalid'],
  },
];

const allKinds: readonly Kind[] = [
  ...listKinds,
  {
    assoc: 'permalink',
    table: 'permalinks',
    label: 'url',
    onReplace: [...common, 'update'],
  },
];

/** What is sent for an entry: an id or none, and a label or none; `same` is the label of the row of that id. */
interface Item {
  readonly id?: string | number | null;
  readonly label?: string | undefined;
}

/** A row of the association. */
export interface CurrentRow {
  readonly id: number;
  readonly label: string;
}

/** A post 7 with rows from id 10 on, and what is cast onto it. Beside it is post 8 with the rows 20 and 21. */
export interface Case {
  readonly assoc: Kind['assoc'];
  readonly onReplace: OnReplace;
  readonly onUnknown: OnUnknown;
  readonly current: readonly CurrentRow[];
  readonly title: string | undefined;
  readonly items: readonly Item[];
}

const known = fc.constantFrom<string | number>(10, '11', '12', 13, '14');
const strange = fc.constantFrom('20', 21, '999', 'x', '', null);
const anyItem: fc.Arbitrary<Item> = fc.record(
  {
    id: fc.oneof(
      { arbitrary: known, weight: 8 },
      { arbitrary: strange, weight: 1 },
    ),
    label: fc.oneof(
      { arbitrary: fc.constantFrom('same', 'a', 'b'), weight: 24 },
      { arbitrary: fc.constantFrom(' ', undefined), weight: 2 },
    ),
  },
  { requiredKeys: ['label'] },
);

/** Any case of the lists, and of the to-one too unless only lists are asked for. */
export function anyCase(which: 'all' | 'lists' = 'all'): fc.Arbitrary<Case> {
  return fc
    .constantFrom(...(which === 'all' ? allKinds : listKinds))
    .chain(({ assoc, onReplace }) =>
      fc.record({
        assoc: fc.constant(assoc),
        onReplace: fc.constantFrom('delete', 'delete', ...onReplace),
        onUnknown: fc.constantFrom<OnUnknown[]>('insert', 'insert', 'issue'),
        current: fc
          .array(fc.constantFrom('a', 'b'), {
            maxLength: assoc === 'permalink' ? 1 : 5,
          })
          .map((letters) =>
            letters.map((letter, i) => ({ id: 10 + i, label: letter + i })),
          ),
        title: fc.constantFrom(undefined, 'A', 'B', 'C', 'D', 'E', 'F', ' '),
        items: fc.array(anyItem, { maxLength: 6 }),
      }),
    );
}

/** The kind of a case. */
export function kindOf({ assoc }: Case): Kind {
  const kind = allKinds.find((each) => each.assoc === assoc);
  if (!kind) throw new Error(`there is no kind ${assoc}`);
  return kind;
}

/** The params of a case. A label is told apart by its place, as names of tags are unique. */
export function paramsOf(given: Case): Params {
  const { assoc, label } = kindOf(given);
  const list = given.items.map((item, place) => {
    const row = given.current.find(({ id }) => String(id) === String(item.id));
    const same = item.label === 'same' ? row?.label : undefined;
    const text = item.label?.trim() ? `${item.label}-${place}` : item.label;
    return {
      ...(item.id !== undefined && { id: item.id }),
      ...(item.label !== undefined && { [label]: same ?? text }),
    };
  });
  return {
    ...(given.title !== undefined && { title: given.title }),
    [assoc]: assoc === 'permalink' ? (list[0] ?? null) : list,
  };
}

/** Casts the params of a case onto its post. */
export function castCase(
  post: Struct,
  given: Case,
  options: { readonly params?: Params; readonly keepUnchanged?: boolean } = {},
): Changeset {
  const { assoc, label } = kindOf(given);
  const { params = paramsOf(given), keepUnchanged = false } = options;
  const titled = validateRequired(cast(post, params, ['title']), ['title']);
  const castChild = (child: Struct, sent: Params) => {
    const labeled = validateRequired(cast(child, sent, [label]), [label]);
    return assoc === 'tags' ? uniqueConstraint(labeled, label) : labeled;
  };
  return castAssoc(titled, assoc, {
    with: castChild,
    onReplace: given.onReplace,
    onUnknown: given.onUnknown,
    keepUnchanged,
  });
}

/** Empties the tables and writes the rows of a case: those of the association, and in every table rows of post 8. */
export async function writeRows(
  database: CoreDatabase,
  given: Case,
): Promise<void> {
  const { assoc, table, label } = kindOf(given);
  const rows = given.current.map(({ id, label: text }) =>
    assoc === 'tags'
      ? `INSERT INTO tags (id, name) VALUES (${id}, '${text}');
         INSERT INTO posts_tags VALUES (7, ${id}), (8, ${id});`
      : `INSERT INTO ${table} (id, ${label}, post_id) VALUES (${id}, '${text}', 7);`,
  );
  await database.sql(`
    DELETE FROM posts_tags; DELETE FROM tags; DELETE FROM permalinks;
    DELETE FROM notes; DELETE FROM comments; DELETE FROM posts; DELETE FROM authors;
    INSERT INTO authors (id, name) VALUES (1, 'Ann');
    INSERT INTO posts (id, title, author_id) VALUES (7, 'A', 1), (8, 'B', 1);
    INSERT INTO comments (id, body, post_id) VALUES (20, 'x', 8), (21, 'y', 8);
    INSERT INTO notes (id, body, post_id) VALUES (20, 'x', 8), (21, 'y', NULL);
    INSERT INTO permalinks (id, url, post_id) VALUES (20, 'x', 8), (21, 'y', NULL);
    INSERT INTO tags (id, name) VALUES (20, 'x'), (21, 'y');
    INSERT INTO posts_tags VALUES (8, 20);
    ${rows.join('\n')}
    SELECT setval(pg_get_serial_sequence(name, 'id'), 100, false)
      FROM unnest(ARRAY['posts', 'comments', 'notes', 'permalinks', 'tags']) AS name;
  `);
}

/** A row as it is stored; `version` differs after every write of it. */
export interface StoredRow {
  readonly table: string;
  readonly version: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const tables = [
  'authors',
  'posts',
  'comments',
  'notes',
  'permalinks',
  'tags',
  'posts_tags',
];

/** Every row of every table, in an order of its own. */
export function readRows(database: CoreDatabase): Promise<StoredRow[]> {
  const selects = tables.map(
    (table) =>
      `SELECT '${table}' AS table, t.xmin::text || t.ctid::text AS version, to_jsonb(t) AS fields FROM ${table} t`,
  );
  return database.sql<StoredRow>(
    `SELECT * FROM (${selects.join(' UNION ALL ')}) AS rows ORDER BY "table", fields::text`,
  );
}

/** Whether a row is post 7's, is or was in its association, or links to it; a row with an id from 100 on is new. */
export function isInside(given: Case, { table, fields }: StoredRow): boolean {
  if (table === 'posts') return fields['id'] === 7;
  if (table === 'posts_tags') return fields['post_id'] === 7;
  if (table !== kindOf(given).table) return false;
  const id = Number(fields['id']);
  return id >= 100 || given.current.some((row) => row.id === id);
}
