import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holds } from '../support/holds.ts';
import { useBlog } from '../support/blog.ts';
import type { Outcome, Variables } from '../support/write.ts';

const blog = useBlog();

/*
 * Any request at all, right or wrong: it is answered by a member of its result, a dry run of it
 * answers the same and keeps nothing, what is refused writes nothing, and the changeset of what is
 * written, applied step by step to the rows that were there, gives the rows that are there now.
 */

test('any request is answered, and its changeset is what it did', async () => {
  await holds(
    requests(),
    async ([mutation, variables]) => {
      await blog.reset();
      const before = await readWorld();
      const tried = await blog.write(mutation, {
        ...variables,
        options: { dryRun: true },
      });
      expect(await readWorld()).toEqual(before);
      const outcome = await blog.write(mutation, variables);
      const after = await readWorld();
      if (!outcome.__typename.endsWith('Success')) {
        expect(tried).toEqual(outcome);
        expect(after).toEqual(before);
        return;
      }
      expect(shapeOf(tried)).toEqual(shapeOf(outcome));
      expect(applyOperations(before, outcome, variables)).toEqual(after);
    },
    { numRuns: 60 },
  );
});

/** Rows by type and id: the fields of the API, and the version where there is one. */
type World = {
  readonly rows: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** `post tag`. */
  readonly links: readonly string[];
};

async function readWorld(): Promise<World> {
  const [read] = await blog.database.sql<World>(`
    SELECT jsonb_object_agg(name, fields ORDER BY name) AS rows,
      (SELECT coalesce(jsonb_agg(post_id || ' ' || tag_id ORDER BY post_id || ' ' || tag_id), '[]') FROM posts_tags) AS links
    FROM (
      SELECT 'Author ' || id AS name, jsonb_build_object('name', name, 'v', lock_version) AS fields FROM authors
      UNION ALL SELECT 'Post ' || id, jsonb_build_object('title', title, 'body', body, 'authorId', author_id::text, 'v', lock_version) FROM posts
      UNION ALL SELECT 'Comment ' || id, jsonb_build_object('body', body, 'postId', post_id::text, 'v', lock_version) FROM comments
      UNION ALL SELECT 'Tag ' || id, jsonb_build_object('name', name) FROM tags
      UNION ALL SELECT 'Permalink ' || id, jsonb_build_object('url', url, 'postId', post_id::text) FROM permalinks
    ) AS all_rows`);
  if (!read) throw new Error('the rows cannot be read');
  return read;
}

/** Operations without what only the write knows: the ids of new rows. */
function shapeOf({ changeset }: Outcome): unknown {
  const made = new Set(
    changeset?.operations
      .filter(({ action }) => action === 'INSERT')
      .map(({ type, id }) => `${type} ${id}`),
  );
  const hidden = (type: string, id: unknown) =>
    typeof id === 'string' && made.has(`${type} ${id}`) ? null : id;
  const parents: Readonly<Record<string, string>> = {
    authorId: 'Author',
    postId: 'Post',
  };
  return changeset?.operations.map((operation) => ({
    ...operation,
    id: hidden(operation.type, operation.id),
    changes: operation.changes.map((change) => ({
      ...change,
      to: hidden(parents[change.field] ?? '', change.to),
    })),
  }));
}

/** The rows after the operations, which must fit the rows at every step. */
function applyOperations(
  { rows, links }: World,
  { changeset, record }: Outcome,
  variables: Variables,
): World {
  const now: Record<string, Record<string, unknown>> = structuredClone({
    ...rows,
  });
  const linked = new Set(links);
  const operations = changeset?.operations ?? [];
  const ownerAt = (path: readonly string[]) => {
    const at = path.slice(0, path.lastIndexOf('tags')).join('.');
    const own = operations.find(
      ({ type, path: place }) => type === 'Post' && place.join('.') === at,
    );
    return own?.id ?? String(variables['id'] ?? record?.['id']);
  };
  for (const { action, type, id, path, reason, changes } of operations) {
    const name = `${type} ${id}`;
    const from = Object.fromEntries(changes.map(({ field, from }) => [field, from]));
    const to = Object.fromEntries(changes.map(({ field, to }) => [field, to]));
    switch (action) {
      case 'INSERT':
        expect(now[name]).toBeUndefined();
        now[name] = { ...blank[type], ...to };
        break;
      case 'UPDATE':
        expect(now[name]).toMatchObject(from);
        expect(to).not.toEqual(from);
        now[name] = raised({ ...now[name], ...to });
        break;
      case 'DELETE':
        expect(now[name]).toMatchObject(from);
        delete now[name];
        if (type === 'Post') dropLinks(linked, String(id));
        break;
      case 'LINK':
        linked.add(`${ownerAt(path)} ${id}`);
        break;
      case 'UNLINK':
        // A deleted post takes its links along.
        if (reason !== 'CASCADED') linked.delete(`${ownerAt(path)} ${id}`);
        break;
      default:
        expect(action).toBe('UNCHANGED');
    }
  }
  return { rows: now, links: [...linked].toSorted() };
}

const blank: Readonly<Record<string, object>> = {
  Author: { v: 1 },
  Post: { body: null, authorId: null, v: 1 },
  Comment: { v: 1 },
  Tag: {},
  Permalink: { postId: null },
};

function raised(row: Record<string, unknown>): Record<string, unknown> {
  return typeof row['v'] === 'number' ? { ...row, v: row['v'] + 1 } : row;
}

function dropLinks(linked: Set<string>, post: string): void {
  for (const link of linked) if (link.startsWith(`${post} `)) linked.delete(link);
}

type Any = fc.Arbitrary<unknown>;

/** Mostly what is there, seldom what is wrong. */
function requests(): fc.Arbitrary<readonly [string, Variables]> {
  const id = (...ids: readonly string[]) =>
    fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(...ids) },
      { weight: 1, arbitrary: fc.constantFrom('999', 'x') },
    );
  const text = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('a', 'b', 'c d') },
    { weight: 1, arbitrary: fc.constantFrom('', null) },
  );
  const given = fc.constantFrom('a', 'b', 'c d');
  const tagName = fc.constantFrom('ecto', 'elixir', 'prisma', 'x', 'y');
  const url = fc.constantFrom('/one', '/three', '/loose', '/x', '/y');
  const version = fc.oneof(
    { weight: 20, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.constant(2) },
  );
  const some = (fields: Record<string, Any>): Any => fc.record(fields, { requiredKeys: [] });
  const list = (item: Any, most = 3): Any => fc.array(item, { maxLength: most });
  const onReplace = (...values: readonly string[]) =>
    fc.constantFrom('MARK_AS_INVALID', ...values, ...values, ...values);
  const scope = (...ids: readonly string[]) =>
    fc
      .tuple(fc.constantFrom('in', 'notIn', 'equals'), fc.constantFrom(...ids))
      .map(([operator, value]) => ({
        id: { [operator]: operator === 'equals' ? value : [value] },
      }));
  const ref = (...ids: readonly string[]) => fc.record({ id: id(...ids) });
  /** An entry of what is there, of something new, or its removal. */
  const entry = (ids: Any, fresh: Record<string, Any>, own: Record<string, Any>) =>
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.tuple(fc.record({ id: ids }), some(own)).map(merge),
      },
      { weight: 4, arbitrary: fc.record(fresh) },
      {
        weight: 1,
        arbitrary: fc.record({ id: ids, delete: fc.constant(true) }),
      },
    );
  const one = (name: string, value: Any): Any => fc.record({ [name]: value });
  const tool = (name: string, needed: Record<string, Any>, terms: Record<string, Any>) =>
    one(name, fc.tuple(fc.record(needed), some(terms)).map(merge));

  const commentIds = ['11', '12', '13', '21', '31'] as const;
  const tagIds = ['41', '42', '43'] as const;
  const comments = fc.oneof(
    tool(
      'cast',
      {
        entries: list(
          entry(id(...commentIds), { body: given }, { body: text, lockVersion: version }),
        ),
      },
      { onReplace: onReplace('DELETE'), scope: scope(...commentIds) },
    ),
    tool(
      'put',
      { refs: list(ref(...commentIds)), onReplace: onReplace('DELETE') },
      { scope: scope(...commentIds) },
    ),
    one('build', list(fc.record({ body: given }), 2)),
  );
  const tagRef = fc.oneof(ref(...tagIds), fc.record({ name: tagName }));
  const tags = fc.oneof(
    tool(
      'cast',
      {
        entries: list(entry(id(...tagIds), { name: tagName }, { name: tagName })),
      },
      { onReplace: onReplace('DELETE'), scope: scope(...tagIds) },
    ),
    tool(
      'put',
      { refs: list(tagRef), create: fc.constant(true) },
      { onReplace: onReplace('DELETE'), scope: scope(...tagIds) },
    ),
    one('build', list(fc.record({ name: tagName }), 2)),
  );
  const permalinkRef = fc.oneof(ref('51', '53', '59'), fc.record({ url }));
  const permalink = fc.oneof(
    tool(
      'cast',
      {
        entry: fc.option(fc.oneof(fc.record({ url }), fc.record({ id: id('51', '53'), url }))),
      },
      { onReplace: onReplace('NILIFY', 'UPDATE', 'DELETE') },
    ),
    tool('put', { ref: fc.option(permalinkRef) }, { onReplace: onReplace('NILIFY', 'DELETE') }),
    one('build', fc.record({ url })),
  );
  const below = { comments, tags, permalink };
  const postIds = ['1', '2', '3', '4'] as const;
  const posts = fc.oneof(
    tool(
      'cast',
      {
        entries: list(
          entry(
            id('1', '2', '3'),
            { title: given, ...below },
            { title: text, body: text, lockVersion: version, ...below },
          ),
        ),
      },
      { onReplace: onReplace('NILIFY', 'DELETE'), scope: scope(...postIds) },
    ),
    tool('put', { refs: list(ref(...postIds)) }, { onReplace: onReplace('NILIFY', 'DELETE') }),
    one(
      'build',
      list(fc.tuple(fc.record({ title: given }), some({ body: text, ...below })).map(merge)),
    ),
  );
  const parent = (field: string, ...ids: readonly string[]) =>
    fc.oneof(
      tool(
        'cast',
        {
          entry: fc.option(
            fc.oneof(
              fc.record({ [field]: given }),
              fc.record({ id: id('1', '2'), [field]: given }),
            ),
          ),
        },
        { onReplace: onReplace('NILIFY', 'UPDATE') },
      ),
      tool('put', { ref: fc.option(ref(...ids)) }, { onReplace: onReplace('NILIFY') }),
    );
  const author = parent('name', '1', '2', '3');
  const ofPost = {
    title: text,
    body: text,
    lockVersion: version,
    author,
    ...below,
  };
  const update = (mutation: string, ids: Any, input: Any) =>
    fc.record({ id: ids, input }).map((sent) => [mutation, sent] as const);
  const create = (mutation: string, input: Any) =>
    fc.record({ input }).map((sent) => [mutation, sent] as const);
  return fc.oneof(
    {
      weight: 5,
      arbitrary: update(
        'updateAuthor',
        id('1', '2'),
        fc.tuple(fc.record({ posts }), some({ name: text, lockVersion: version })).map(merge),
      ),
    },
    {
      weight: 5,
      arbitrary: update('updatePost', id('1', '2', '3', '4'), some(ofPost)),
    },
    {
      weight: 2,
      arbitrary: create(
        'createPost',
        fc.tuple(fc.record({ title: given }), some({ body: text, author, ...below })).map(merge),
      ),
    },
    {
      weight: 2,
      arbitrary: create('createAuthor', fc.record({ name: given, posts })),
    },
    {
      weight: 2,
      arbitrary: update(
        'updateComment',
        id(...commentIds),
        some({ body: text, post: parent('title', '1', '2', '3') }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('deletePost', 'deleteAuthor', 'deleteComment')
        .chain((mutation) =>
          id('1', '2', '3', '11').map((given) => [mutation, { id: given }] as const),
        ),
    },
  );
}

function merge([first, second]: readonly [object, unknown]): object {
  return { ...first, ...(second as object) };
}
