import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { castAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset, Params } from '../../src/changeset/changeset.ts';
import {
  assocConstraint,
  checkConstraint,
  noAssocConstraint,
  uniqueConstraint,
} from '../../src/changeset/constraint/constraint.ts';
import { optimisticLock } from '../../src/changeset/optimistic-lock.ts';
import { listErrors } from '../../src/changeset/traverse-errors.ts';
import type { Struct } from '../../src/model/struct.ts';
import type { Value } from '../../src/model/value.ts';
import { sqlState } from '../../src/repo/errors/constraint-violation.ts';
import type { Preload } from '../../src/repo/read/preload.ts';
import { makeRepo, type Repo } from '../../src/repo/repo.ts';
import { writeWays } from '../../src/repo/write/write-way.ts';
import { load, modelOf, modelsWith, NOW, useCore } from '../support/core.ts';
import { holds } from '../support/holds.ts';
import { make, notMisuse, scenarios } from './play.ts';
import { fill } from './stage.ts';

/*
 * However a plan is written, it ends alike: in the same rows, with the same record, or refused by the
 * same error at the same path.
 */

const database = useCore();

/** Tables by the columns that a database makes by chance. */
const tables = {
  authors: '',
  posts: '',
  comments: '',
  notes: '',
  permalinks: '',
  tags: '',
  posts_tags: '',
  countries: '',
  cities: '',
  stations: '',
  platforms: 'id',
  parcels: '',
  flags: '',
  categories: '',
  samples: '',
  '"_CategoryToCountry"': '',
} as const;

/** What the database refuses that no model knows of. */
beforeAll(async () => {
  await database.sql(
    `ALTER TABLE comments ADD CONSTRAINT comments_body_check CHECK (body <> 'bad');
     ALTER TABLE cities ADD CONSTRAINT cities_name_check CHECK (name <> 'bad');
     CREATE UNIQUE INDEX notes_body_index ON notes (body) WHERE body LIKE 'u%'`,
  );
});
afterAll(async () => {
  await database.sql(
    `ALTER TABLE comments DROP CONSTRAINT comments_body_check;
     ALTER TABLE cities DROP CONSTRAINT cities_name_check;
     DROP INDEX notes_body_index`,
  );
});

async function rowsNow(): Promise<unknown> {
  const parts = Object.entries(tables).map(
    ([table, made]) =>
      `SELECT '${table}' AS name, to_jsonb(t) - '${made}' AS row FROM ${table} AS t`,
  );
  return database.sql(`SELECT * FROM (${parts.join(' UNION ALL ')}) AS t ORDER BY 1, row::text`);
}

/** What comes of an error: its words, or the database's code. */
function shown(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  return sqlState(error) ?? `${error.name}: ${error.message}`;
}

// Each case is written three times; test/real looks at more.
const SOME = { numRuns: 15 };

let last: unknown;
const ended = { ok: 0, refused: 0, thrown: 0 };

/** Writes a changeset in each way, on the same rows, and compares. */
async function compareWays(
  prepare: () => Promise<unknown>,
  make: (repo: Repo) => Promise<Changeset | null>,
  models: ReturnType<typeof modelsWith>,
  meanwhile = '',
): Promise<void> {
  const ends: unknown[] = [];
  for (const writeWay of writeWays) {
    await prepare();
    const repo = makeRepo(database.client, models, { now: () => NOW, writeWay });
    const changeset = await make(repo);
    if (!changeset?.valid) return;
    if (meanwhile) await database.sql(meanwhile);
    let end: unknown;
    try {
      const outcome = await repo.insertOrUpdate(changeset);
      ended[outcome.ok ? 'ok' : 'refused'] += 1;
      end = outcome.ok ? outcome : listErrors(outcome.changeset);
    } catch (error) {
      ended.thrown += 1;
      end = shown(error);
    }
    last = end;
    ends.push({ end: withoutChance(end), rows: await rowsNow() });
  }
  const [nested, ...others] = ends;
  for (const other of others) expect(other).toEqual(nested);
}

/** The keys of platforms are made by the database. */
function withoutChance(end: unknown): unknown {
  return JSON.parse(
    JSON.stringify(end, (name, value: unknown) =>
      name === 'model' ? undefined : typeof value === 'bigint' ? String(value) : value,
    ).replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, 'uuid'),
  );
}

test('of any cast or put on posts and authors', async () => {
  const cases = fc.record({
    scenario: scenarios,
    meanwhile: fc.constantFrom(
      '',
      '',
      'UPDATE comments SET post_id = 3 WHERE id = 2',
      'DELETE FROM notes WHERE id = 1',
      'DELETE FROM posts_tags',
      'INSERT INTO posts_tags (post_id, tag_id) SELECT 1, id FROM tags ON CONFLICT DO NOTHING',
      'UPDATE posts SET lock_version = 5',
    ),
  });
  await holds(
    cases,
    async ({ scenario, meanwhile }) => {
      const { models } = make(scenario);
      await compareWays(
        () => fill(database, scenario.rows),
        async () => make(scenario).changeset,
        models,
        meanwhile,
      );
    },
    SOME,
  );
});

const ids = [1, 2, 3, 4].map((i) => `0000000${i}-0000-1000-8000-000000000000`);
const [a = '', b = '', c = ''] = ids;

const seed = `
  INSERT INTO countries VALUES ('NL', 'n'), ('BE', 'b');
  INSERT INTO cities (id, name, country_code) VALUES ('${a}', 'a', 'NL'), ('${b}', 'b', 'NL'), ('${c}', 'c', 'BE');
  INSERT INTO stations VALUES ('${a}', 1, 'a1'), ('${a}', 2, 'a2'), ('${c}', 1, 'c1');
  INSERT INTO platforms (id, label, city_id, line) VALUES ('${a}', 'pa', '${a}', 1), ('${b}', 'pb', '${a}', 1);
  INSERT INTO parcels VALUES (1, 1, 'x', 'NL'), (1, 2, 'y', 'NL'), (2, 1, 'z', 'BE'), (2, 2, 'w', NULL);
  INSERT INTO flags (flag_id, colors, country) VALUES (1, 'rwb', 'NL');
  INSERT INTO categories (id, name, parent_id) VALUES (1, 'top', NULL), (2, 'left', 1), (3, 'right', 1), (4, 'leaf', 2);
  INSERT INTO samples (id, text, category_id) VALUES (1, 's1', 1), (2, 's2', 1), (3, 's3', 2);
  INSERT INTO authors (id, name) VALUES (1, 'a1'), (2, 'a2');
  INSERT INTO posts (id, title, author_id) VALUES (1, 'p1', 1), (2, 'p2', 1), (3, 'p3', NULL);
  INSERT INTO comments (id, body, post_id) VALUES (1, 'c1', 1), (2, 'c2', 1), (3, 'c3', 2);
  INSERT INTO notes (id, body, post_id) VALUES (1, 'n1', 1), (2, 'u2', 1), (3, 'u3', 1), (4, 'u4', 2);
  INSERT INTO permalinks (id, url, post_id) VALUES (1, 'l1', 1), (2, 'l2', 2);
  INSERT INTO tags (id, name) VALUES (1, 't1'), (2, 't2'), (3, 't3');
  INSERT INTO posts_tags VALUES (1, 1), (2, 1), (1, 2);
  SELECT setval(pg_get_serial_sequence(name, 'id'), 100) FROM unnest(
    ARRAY['authors', 'posts', 'comments', 'notes', 'permalinks', 'tags', 'categories', 'samples']) AS name`;

const anyId = fc.constantFrom(...ids);
const text = (...more: string[]) => fc.constantFrom('new', 'other', ...more);
const list = (entry: fc.Arbitrary<Params>, maxLength = 4) => fc.array(entry, { maxLength });
const entry = (fields: Record<string, fc.Arbitrary<unknown>>, required: string[] = []) =>
  fc.record(fields, { requiredKeys: required }) as fc.Arbitrary<Params>;
const number = fc.integer({ min: 1, max: 4 });

const platform = entry({ id: anyId, label: text() }, ['label']);
const station = entry({ line: number, name: text(), platforms: list(platform) }, ['line', 'name']);
const city = entry({ id: anyId, name: text('bad'), stations: list(station) }, ['id', 'name']);
const parcel = entry({ sheet: number, number, owner: text() }, ['sheet', 'number', 'owner']);
const country = entry({
  name: text(),
  cities: list(city),
  parcels: list(parcel, 6),
  flag: fc.option(entry({ id: number, colors: text() }, ['colors'])),
});

const sample = entry(
  {
    id: number,
    text: fc.constantFrom('x', null, 'a"b\\c{},'),
    amount: fc.constantFrom('0.10', '-12345678901234567890.5'),
    at: fc.constantFrom(NOW),
    data: fc.constantFrom({ a: [1, null] }, null, 'text', [{}]),
    raw: fc.constantFrom(new Uint8Array([0, 255, 10])),
    size: fc.constantFrom(null, 7),
    texts: fc.constantFrom([], ['a"b\\{},', '', 'NULL']),
    datas: fc.constantFrom([{ a: 1 }, null, 'x']),
    ats: fc.constantFrom([NOW, NOW]),
    flags: fc.constantFrom([true, false]),
  },
  [],
);
const leaf = entry({ id: number, name: text() }, ['name']);
const branch = entry({ id: number, name: text(), children: list(leaf), samples: list(sample) }, [
  'name',
]);
const category = entry({
  name: text(),
  children: list(branch),
  samples: list(sample),
  countries: list(entry({ code: fc.constantFrom('NL', 'BE', 'DE'), name: text() }, ['name'])),
});

const comment = entry({ id: number, body: text('bad'), position: number }, ['body']);
const note = entry({ id: number, body: text('u2', 'u3', 'u4', 'u5') }, ['body']);
const post = entry(
  {
    id: number,
    title: text(),
    author_id: fc.constantFrom(null, 1, 2, 99),
    comments: list(comment),
    notes: list(note),
    permalink: fc.option(entry({ id: number, url: text() }, ['url'])),
  },
  ['title'],
);
const tag = entry({ name: text('t2'), posts: list(post, 5) });
const author = entry({
  name: text(),
  posts: list(entry({ id: number, title: text(), tags: list(tag.map(({ name }) => ({ name }))) })),
});

const fields: Readonly<Record<string, readonly string[]>> = {
  Country: ['code', 'name'],
  City: ['id', 'name'],
  Station: ['line', 'name'],
  Platform: ['id', 'label'],
  Parcel: ['sheet', 'number', 'owner'],
  Flag: ['id', 'colors'],
  Category: ['id', 'name'],
  Sample: ['id', 'text', 'amount', 'at', 'data', 'raw', 'size', 'texts', 'datas', 'ats', 'flags'],
  Tag: ['name'],
  Post: ['id', 'title', 'author_id'],
  Comment: ['id', 'body', 'position'],
  Note: ['id', 'body'],
  Permalink: ['id', 'url'],
  Author: ['name'],
};

/** Casts a record and the associations that its params name; `declares`: what may be refused. */
function castTree(data: Struct, params: Params, declares: boolean, isRoot = true): Changeset {
  const { model } = data;
  const own = (fields[model.name] ?? []).filter((name) => !isRoot || name !== 'id');
  let changeset = cast(data, params, own, { isEmpty: () => false });
  if (declares) changeset = declare(changeset);
  for (const { name } of model.associations.values()) {
    if (!(name in params)) continue;
    changeset = castAssoc(changeset, name, {
      onUnknown: 'insert',
      with: (child, sent) => castTree(child, sent, declares, false),
    });
  }
  return changeset;
}

function declare(changeset: Changeset): Changeset {
  const { model } = changeset.data;
  switch (model.name) {
    case 'Comment':
      return checkConstraint(optimisticLock(changeset, 'lock_version'), 'body', {
        name: 'comments_body_check',
      });
    case 'City':
      return noAssocConstraint(
        checkConstraint(changeset, 'name', { name: 'cities_name_check' }),
        'stations',
        { name: 'stations_city_id_fkey' },
      );
    case 'Note':
      return uniqueConstraint(changeset, 'body');
    case 'Tag':
      return uniqueConstraint(changeset, 'name');
    case 'Post':
      return noAssocConstraint(assocConstraint(changeset, 'author'), 'comments');
    case 'Parcel':
      return uniqueConstraint(changeset, 'sheet', { name: 'parcels_pkey' });
    default:
      return changeset;
  }
}

const below: Readonly<Record<string, readonly Preload[]>> = {
  Country: [
    { assoc: 'cities', preload: [{ assoc: 'stations', preload: ['platforms'] }] },
    'parcels',
    'flag',
  ],
  Category: [{ assoc: 'children', preload: ['children', 'samples'] }, 'samples', 'countries'],
  Tag: [{ assoc: 'posts', preload: ['comments', 'notes', 'permalink'] }],
  Author: [{ assoc: 'posts', preload: ['tags'] }],
};

const replacing = fc.record({
  'Country.cities': fc.constantFrom('delete', 'deleteIfExists'),
  'City.stations': fc.constant('delete'),
  'Station.platforms': fc.constant('delete'),
  'Country.parcels': fc.constantFrom('delete', 'nilify'),
  'Country.flag': fc.constantFrom('delete', 'update'),
  'Category.children': fc.constantFrom('delete', 'nilify'),
  'Category.samples': fc.constantFrom('delete', 'nilify'),
  'Category.countries': fc.constant('delete'),
  'Tag.posts': fc.constant('delete'),
  'Author.posts': fc.constantFrom('delete', 'nilify'),
  'Post.comments': fc.constant('delete'),
  'Post.notes': fc.constantFrom('delete', 'nilify'),
  'Post.permalink': fc.constantFrom('delete', 'nilify'),
  'Post.tags': fc.constant('delete'),
} as const);
const onDelete = fc.constantFrom('nothing', 'deleteAll');

const trees: readonly (readonly [string, Value, fc.Arbitrary<Params>])[] = [
  ['Country', 'NL', country],
  ['Category', 1, category],
  ['Tag', 1n, tag],
  ['Author', 1n, author],
];

test.each(trees)('of any cast of a %s and what is below it', async (name, key, params) => {
  const cases = fc.record({
    params,
    replacing,
    onDelete,
    declares: fc.boolean(),
  });
  await holds(
    cases,
    async (one) => {
      const rules = Object.fromEntries(
        Object.entries(one.replacing).map(([association, onReplace]) => [
          association,
          { onReplace, ...(association.startsWith('Post.') && { onDelete: one.onDelete }) },
        ]),
      );
      const models = modelsWith(rules, { Post: 'lock_version' });
      const model = modelOf(models, name);
      await compareWays(
        async () => {
          await database.empty();
          await database.sql(seed);
        },
        async (repo) => {
          const stored = await load(repo, model, key, below[name] ?? []);
          return notMisuse(() => castTree(stored, one.params, one.declares));
        },
        models,
      );
    },
    SOME,
  );
});

const toStep = (part: string) => (/^\d/.test(part) ? Number(part) : part);

const twoFaults: readonly (readonly [string, string, Value, Params, string])[] = [
  [
    'of two tables, the later one written first',
    'Tag',
    1n,
    {
      posts: [
        { title: 'n', author_id: 1, comments: [{ body: 'fine' }, { body: 'bad' }] },
        { title: 'n', author_id: 99 },
      ],
    },
    'posts.0.comments.1.body',
  ],
  [
    'of a foreign key before a unique key',
    'Tag',
    1n,
    { posts: [{ title: 'n', author_id: 99 }, { id: 3, title: 'n' }, { title: 'n' }] },
    'posts.0.author',
  ],
  [
    'of two foreign keys',
    'Tag',
    1n,
    { posts: [1, 99, 98, 99].map((author_id) => ({ title: 'n', author_id })) },
    'posts.1.author',
  ],
  [
    'of checks',
    'Country',
    'NL',
    { cities: [b, a, ids[3]].map((id) => ({ id, name: 'bad' })) },
    'cities.0.name',
  ],
  [
    'of updates, in another order than that of the rows',
    'Tag',
    1n,
    {
      posts: [
        {
          id: 1,
          title: 'p1',
          notes: [3, 2, 1].map((id) => ({ id, body: 'u4' })),
        },
      ],
    },
    'posts.0.notes.0.body',
  ],
];

test.each(twoFaults)(
  'of two faults %s, the first in the plan',
  async (_what, name, key, params, path) => {
    const models = modelsWith({
      'Tag.posts': { onReplace: 'delete' },
      'Country.cities': { onReplace: 'delete' },
      'Post.notes': { onReplace: 'delete' },
    });
    await compareWays(
      async () => {
        await database.empty();
        await database.sql(seed);
      },
      async (repo) => {
        const stored = await load(repo, modelOf(models, name), key, below[name] ?? []);
        return castTree(stored, params, true);
      },
      models,
    );
    expect(last).toMatchObject([{ path: path.split('.').map(toStep) }]);
  },
);

test('most of these writes are kept, many refused, some for what nobody declares', () => {
  for (const count of Object.values(ended)) expect(count).toBeGreaterThan(10);
});
