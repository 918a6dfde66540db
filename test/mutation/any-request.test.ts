import { expect, test } from 'vitest';
import { holds } from '../support/holds.ts';
import { useBlog } from '../support/blog.ts';
import type { Outcome, Variables } from '../support/write.ts';
import { anyRequest } from './any-input.ts';
import { fittingRequest } from './fitting-request.ts';

const blog = useBlog();

/*
 * Any request at all, right or wrong: it is answered by a member of its result or refused as
 * BAD_USER_INPUT, every issue is within the request, a dry run of it answers the same and keeps
 * nothing, what is refused writes nothing, and the changeset of what is written, applied step by
 * step to the rows that were there, gives the rows that are there now and names each written row.
 */

test('a request that fits is answered, and its changeset is what it did', async () => {
  const ends: string[] = [];
  await holds(fittingRequest(), async (request) => void ends.push(await answerOf(request)), {
    numRuns: 20,
  });
  // Many must be written for this to say anything.
  expect(ends.filter((end) => end === 'written').length).toBeGreaterThan(ends.length / 3);
});

test('whatever the types let through is answered, and its changeset is what it did', async () => {
  await holds(anyRequest(), async (request) => void (await answerOf(request)), { numRuns: 20 });
});

/** Runs a request dry and in earnest, and compares what is told with the rows. */
async function answerOf([mutation, variables]: readonly [string, Variables]): Promise<
  'written' | 'refused'
> {
  await blog.reset();
  const before = await readWorld();
  const tried = await blog.attempt(mutation, { ...variables, options: { dryRun: true } });
  expect(await readWorld()).toEqual(before);
  const answer = await blog.attempt(mutation, variables);
  const after = await readWorld();
  const { data: outcome } = answer;
  if (!outcome?.__typename.endsWith('Success')) {
    expect(tried).toEqual(answer);
    expect(after).toEqual(before);
    expect(answer.errors ?? 'BAD_USER_INPUT').toBe('BAD_USER_INPUT');
    for (const path of pathsOf(outcome)) {
      expect(path).toSatisfy((steps: readonly string[]) => isWithin(variables, steps));
    }
    return 'refused';
  }
  expect(tried.data?.__typename).toBe('DryRun');
  expect(shapeOf(tried.data)).toEqual(shapeOf(outcome));
  const { rows, links } = after;
  expect(applyOperations(before, outcome, variables)).toEqual({ rows, links });
  expect(writtenRows(before, after)).toEqual(writesOf(outcome));
  return 'written';
}

function pathsOf(outcome: Outcome | undefined): readonly (readonly string[])[] {
  const { issues = [], path } = outcome ?? {};
  return [...issues.map((issue) => issue.path), ...(path ? [path] : [])];
}

/** Whether a path leads to something in the request, or to what is absent from something in it. */
function isWithin(request: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return true;
  if (typeof request !== 'object' || request === null) return false;
  const below: unknown = Object.entries(request).find(([name]) => name === step)?.[1];
  return rest.length === 0 || isWithin(below, rest);
}

/** Rows by type and id: the fields of the API, and the version where there is one. */
type World = {
  readonly rows: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** `post tag`. */
  readonly links: readonly string[];
  /** The transaction that wrote each row last. */
  readonly writers: Readonly<Record<string, string>>;
};

async function readWorld(): Promise<World> {
  const [read] = await blog.database.sql<World>(`
    SELECT jsonb_object_agg(name, fields ORDER BY name) AS rows,
      jsonb_object_agg(name, writer::text ORDER BY name) AS writers,
      (SELECT coalesce(jsonb_agg(post_id || ' ' || tag_id ORDER BY post_id || ' ' || tag_id), '[]') FROM posts_tags) AS links
    FROM (
      SELECT 'Author ' || id, jsonb_build_object('name', name, 'v', lock_version), xmin FROM authors
      UNION ALL SELECT 'Post ' || id,
        jsonb_build_object('title', title, 'body', body, 'authorId', author_id::text, 'v', lock_version), xmin FROM posts
      UNION ALL SELECT 'Comment ' || id,
        jsonb_build_object('body', body, 'postId', post_id::text, 'v', lock_version), xmin FROM comments
      UNION ALL SELECT 'Tag ' || id, jsonb_build_object('name', name), xmin FROM tags
      UNION ALL SELECT 'Permalink ' || id, jsonb_build_object('url', url, 'postId', post_id::text), xmin FROM permalinks
    ) AS all_rows (name, fields, writer)`);
  if (!read) throw new Error('the rows cannot be read');
  return read;
}

function writtenRows(before: World, after: World): string[] {
  return Object.keys(after.rows)
    .filter((name) => before.writers[name] !== after.writers[name])
    .toSorted();
}

/** The rows that the operations insert and update. */
function writesOf({ changeset }: Outcome): string[] {
  const written = changeset?.operations.filter(
    ({ action, type }) => type in blank && (action === 'INSERT' || action === 'UPDATE'),
  );
  return (written ?? []).map(({ type, recordId }) => `${type} ${recordId}`).toSorted();
}

/** Operations without what only the write knows: the ids of new rows. */
function shapeOf(outcome: Outcome | undefined): unknown {
  const { changeset } = outcome ?? {};
  const made = new Set(
    changeset?.operations
      .filter(({ action }) => action === 'INSERT')
      .map(({ type, recordId }) => `${type} ${recordId}`),
  );
  const hidden = (type: string, id: unknown) =>
    typeof id === 'string' && made.has(`${type} ${id}`) ? null : id;
  // A foreign key is named for its parent: postId.
  const parentOf = (field: string) =>
    field.replace(/^(.)(.*)Id$/, (_, first: string, rest: string) => first.toUpperCase() + rest);
  const operations = changeset?.operations.map((operation) => ({
    ...operation,
    recordId: hidden(operation.type, operation.recordId),
    changes: operation.changes.map((change) => ({
      ...change,
      to: hidden(parentOf(change.field), change.to),
    })),
  }));
  return { operations, counts: changeset?.counts };
}

/** The rows after the operations, which must fit the rows at every step. */
function applyOperations(
  { rows, links }: World,
  { changeset, record }: Outcome,
  variables: Variables,
): Pick<World, 'rows' | 'links'> {
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
    return own?.recordId ?? String(variables['id'] ?? record?.['id']);
  };
  for (const { action, type, recordId, path, reason, changes } of operations) {
    if (!(type in blank)) continue;
    const name = `${type} ${recordId}`;
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
        dropLinks(linked, type, String(recordId));
        break;
      case 'LINK':
        linked.add(`${ownerAt(path)} ${recordId}`);
        break;
      case 'UNLINK':
        // A deleted post or tag takes its links along.
        if (reason !== 'CASCADED') linked.delete(`${ownerAt(path)} ${recordId}`);
        break;
      default:
        expect(action).toBe('UNCHANGED');
    }
  }
  return { rows: now, links: [...linked].toSorted() };
}

/** The models that are looked at, with what a new row holds that nobody gave it. */
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

function dropLinks(linked: Set<string>, type: string, id: string): void {
  for (const link of linked) {
    const [post, tag] = link.split(' ');
    if ((type === 'Post' && post === id) || (type === 'Tag' && tag === id)) linked.delete(link);
  }
}
