import { describe, expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset, Params } from '../../src/changeset/changeset.ts';
import { change, putAction } from '../../src/changeset/changeset.ts';
import { noAssocConstraint } from '../../src/changeset/constraint/constraint.ts';
import { listErrors, messageOf } from '../../src/changeset/traverse-errors.ts';
import type { OnReplace } from '../../src/model/model.ts';
import type { Struct } from '../../src/model/struct.ts';
import { buildStruct } from '../../src/model/struct.ts';
import type { Outcome } from '../../src/repo/write/write-changeset.ts';
import { load, modelOf, modelsWith, repoOf, type Rules, useCore } from '../support/core.ts';
import { writesOf } from '../support/database.ts';

const database = useCore();

function setup(rules: Rules = {}) {
  const models = modelsWith(rules);
  const repo = repoOf(database, models);
  return { repo, model: (name: string) => modelOf(models, name) };
}

function written(outcome: Outcome): Struct {
  if (outcome.ok) return outcome.struct;
  throw new Error(JSON.stringify(outcome.changeset.errors));
}

/** Rows as text: the values of each, joined. */
async function rows(sql: string): Promise<string[]> {
  const found = await database.sql<Record<string, unknown>>(sql);
  return found.map((row) => Object.values(row).map(String).join(' '));
}

/** Casts a record's own fields, and below it each association that its params name. */
function castTree(record: Struct, params: Params): Changeset {
  const { model } = record;
  const fields = [...model.fields.keys()].filter((name) => name !== 'id');
  const start = cast(record, params, fields);
  const named = [...model.associations.keys()].filter((name) => name in params);
  return named.reduce((done, name) => castAssoc(done, name, { with: castTree }), start);
}

describe('a relation of a model to itself', () => {
  const tree = `SELECT id, name, coalesce(parent_id, 0) FROM categories ORDER BY id`;
  const below = { assoc: 'children', preload: ['children'] };

  async function seed(): Promise<void> {
    await database.sql(
      `INSERT INTO categories (id, name, parent_id) VALUES
         (1, 'top', NULL), (2, 'left', 1), (3, 'right', 1), (4, 'leaf', 2), (5, 'other', NULL);
       SELECT setval('categories_id_seq', 100)`,
    );
  }

  test('is cast two levels down, what is left out deleted from below', async () => {
    await seed();
    const { repo, model } = setup({
      'Category.children': { onReplace: 'delete', onDelete: 'deleteAll' },
    });
    const top = await load(repo, model('Category'), 1, [below]);
    const params = {
      name: 'root',
      children: [{ id: '3', children: [{ name: 'new', children: [{ name: 'deep' }] }] }],
    };
    const statements = await database.statementsOf(async () => {
      written(await repo.update(castTree(top, params)));
    });
    expect([...new Set(writesOf(statements))]).toEqual([
      'UPDATE categories',
      'DELETE categories',
      'INSERT categories',
    ]);
    expect(await rows(tree)).toEqual([
      '1 root 0',
      '3 right 1',
      '5 other 0',
      '101 new 3',
      '102 deep 101',
    ]);
  });

  test('lets go of children, moves one and takes another by one put', async () => {
    await seed();
    const { repo, model } = setup({
      'Category.children': { onReplace: 'nilify' },
    });
    const top = await load(repo, model('Category'), 1, ['children']);
    const [leaf, other] = [
      await load(repo, model('Category'), 4),
      await load(repo, model('Category'), 5),
    ];
    written(await repo.update(putAssoc(change(top), 'children', [leaf, other])));
    expect(await rows(tree)).toEqual(['1 top 0', '2 left 0', '3 right 0', '4 leaf 1', '5 other 1']);
  });

  test('has its parent put, replaced by a new one, and let go', async () => {
    await seed();
    const { repo, model } = setup({
      'Category.parent': { onReplace: 'nilify' },
    });
    const leaf = () => load(repo, model('Category'), 4, ['parent']);
    const put = async (parent: unknown) =>
      written(await repo.update(putAssoc(change(await leaf()), 'parent', parent)));
    await put(await load(repo, model('Category'), 5));
    expect(await rows(tree)).toContain('4 leaf 5');
    await put({ name: 'fresh', parent: { name: 'above' } });
    const above = await rows(
      `SELECT c.name AS a, p.name AS b, coalesce(p.parent_id, 0) = coalesce(o.id, 0)
         FROM categories c JOIN categories p ON p.id = c.parent_id
         LEFT JOIN categories o ON o.name = 'above' WHERE c.id = 4`,
    );
    expect(above).toEqual(['leaf fresh true']);
    await put(null);
    expect(await rows(tree)).toContain('4 leaf 0');
  });

  test('inserts a whole tree, parents before children', async () => {
    const { repo, model } = setup();
    const params = {
      name: 'a',
      children: [
        { name: 'b', children: [{ name: 'c', children: [{ name: 'd' }] }] },
        { name: 'e' },
      ],
    };
    written(await repo.insert(castTree(buildStruct(model('Category')), params)));
    const named = `SELECT c.name, coalesce(p.name, '') FROM categories c LEFT JOIN categories p ON p.id = c.parent_id ORDER BY 1`;
    expect(await rows(named)).toEqual(['a ', 'b a', 'c b', 'd c', 'e a']);
  });
});

describe("a many_to_many through Prisma's own join table", () => {
  const links = `SELECT "A", "B" FROM "_CategoryToCountry" ORDER BY 1, 2`;

  async function seed(): Promise<void> {
    await database.sql(
      `INSERT INTO categories (id, name) VALUES (1, 'one'), (2, 'two');
       INSERT INTO countries VALUES ('BE', 'Belgium'), ('NL', 'Netherlands'), ('PL', 'Poland');
       INSERT INTO "_CategoryToCountry" VALUES (1, 'BE'), (1, 'NL'), (2, 'NL');
       SELECT setval('categories_id_seq', 100)`,
    );
  }

  test('is cast: links left out go, new records come, far rows stay', async () => {
    await seed();
    const { repo, model } = setup({
      'Category.countries': { onReplace: 'delete' },
    });
    const one = await load(repo, model('Category'), 1, ['countries']);
    const params = {
      countries: [
        { code: 'NL', name: 'Holland' },
        { code: 'DE', name: 'Germany' },
      ],
    };
    const statements = await database.statementsOf(async () => {
      written(await repo.update(castTree(one, params)));
    });
    expect(writesOf(statements)).toEqual([
      'DELETE _CategoryToCountry',
      'UPDATE countries',
      'INSERT countries',
      'INSERT _CategoryToCountry',
    ]);
    expect(await rows(links)).toEqual(['1 DE', '1 NL', '2 NL']);
    expect(await rows('SELECT name FROM countries ORDER BY 1')).toEqual([
      'Belgium',
      'Germany',
      'Holland',
      'Poland',
    ]);
  });

  test('is put from either side, and put away', async () => {
    await seed();
    const { repo, model } = setup({
      'Country.categories': { onReplace: 'delete' },
    });
    const put = async (code: string, ids: readonly number[]) => {
      const country = await load(repo, model('Country'), code, ['categories']);
      const found = [];
      for (const id of ids) found.push(await load(repo, model('Category'), id));
      written(await repo.update(putAssoc(change(country), 'categories', found)));
    };
    await put('PL', [2, 1]);
    await put('NL', []);
    expect(await rows(links)).toEqual(['1 BE', '1 PL', '2 PL']);
  });

  test('links a new record to new and to stored ones', async () => {
    await seed();
    const { repo, model } = setup();
    const category = putAssoc(
      change(buildStruct(model('Category')), { name: 'new' }),
      'countries',
      [await load(repo, model('Country'), 'PL'), { code: 'FR', name: 'France' }],
    );
    const made = written(await repo.insert(category));
    expect(await rows(`${links} OFFSET 3`)).toEqual(['101 FR', '101 PL']);
    const codes = ({ assocs }: Struct) =>
      (assocs['countries'] as Struct[]).map(({ fields }) => fields['code']);
    const again = await repo.preload({ ...made, assocs: {} }, ['countries']);
    expect(codes(made)).toEqual(['PL', 'FR']);
    expect(codes(again)).toEqual(['FR', 'PL']);
  });

  test('loses only the link of an entry that is to be deleted', async () => {
    await seed();
    const { repo, model } = setup();
    const one = await load(repo, model('Category'), 1, ['countries']);
    const [belgium, netherlands] = one.assocs['countries'] as [Struct, Struct];
    written(
      await repo.update(
        putAssoc(change(one), 'countries', [putAction(change(belgium), 'delete'), netherlands]),
      ),
    );
    expect(await rows(links)).toEqual(['1 NL', '2 NL']);
    expect(await rows('SELECT code FROM countries')).toHaveLength(3);
  });
});

describe('a has_one', () => {
  const found = `SELECT flag_id, colors, country FROM flags ORDER BY 1`;
  const all: readonly OnReplace[] = [
    'raise',
    'markAsInvalid',
    'nilify',
    'update',
    'delete',
    'deleteIfExists',
  ];

  async function setupFlag(onReplace: OnReplace) {
    await database.sql(
      `INSERT INTO countries VALUES ('BE', 'Belgium');
       INSERT INTO flags VALUES (1, 'black', 'BE');
       SELECT setval('flags_flag_id_seq', 100)`,
    );
    const { repo, model } = setup({ 'Country.flag': { onReplace } });
    const country = await load(repo, model('Country'), 'BE', ['flag']);
    const finish = async (make: () => Changeset) => {
      try {
        const changeset = make();
        if (!changeset.valid) return listErrors(changeset).map(messageOf);
        written(await repo.update(changeset));
        return await rows(found);
      } catch (error) {
        return error instanceof Error ? error.name : 'error';
      }
    };
    return { country, finish };
  }

  const replaced = {
    raise: 'ChangesetError',
    markAsInvalid: ['is invalid'],
    nilify: ["can't be blank"],
    update: ['1 red BE'],
    delete: ['101 red BE'],
    deleteIfExists: ['101 red BE'],
  };

  test.each(all)(
    'that must have an owner is replaced by a new one as onReplace %s says',
    async (onReplace) => {
      const { country, finish } = await setupFlag(onReplace);
      const flag = { colors: 'red' };
      expect(await finish(() => castTree(country, { flag }))).toEqual(replaced[onReplace]);
      await database.empty();
      const again = await setupFlag(onReplace);
      expect(await again.finish(() => putAssoc(change(again.country), 'flag', flag))).toEqual(
        replaced[onReplace],
      );
    },
  );

  const removed = {
    ...replaced,
    update: ["can't be blank"],
    delete: [],
    deleteIfExists: [],
  };

  test.each(all)('that must have an owner goes by null as onReplace %s says', async (onReplace) => {
    const { country, finish } = await setupFlag(onReplace);
    expect(await finish(() => castTree(country, { flag: null }))).toEqual(removed[onReplace]);
  });

  test.each(all)('is updated by its id under onReplace %s', async (onReplace) => {
    const { country, finish } = await setupFlag(onReplace);
    const flag = { id: '1', colors: 'red' };
    expect(await finish(() => castTree(country, { flag }))).toEqual(['1 red BE']);
  });
});

describe('deletion of an owner', () => {
  async function seed(): Promise<void> {
    await database.sql(
      `INSERT INTO posts (id, title) VALUES (7, 'A'), (8, 'B');
       INSERT INTO notes (id, body, post_id) VALUES (1, 'a', 7), (2, 'b', 7), (3, 'c', 8);
       INSERT INTO permalinks (id, url, post_id) VALUES (5, '/a', 7), (6, '/b', 8);
       INSERT INTO tags (id, name) VALUES (1, 'x');
       INSERT INTO posts_tags VALUES (7, 1), (8, 1);
       INSERT INTO categories (id, name, parent_id) VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', 2);
       INSERT INTO countries VALUES ('NL', 'Netherlands');
       INSERT INTO "_CategoryToCountry" VALUES (3, 'NL')`,
    );
  }

  const everything = {
    'Post.notes': { onDelete: 'nilifyAll' },
    'Post.permalink': { onDelete: 'deleteAll' },
    'Post.tags': { onDelete: 'deleteAll' },
  } as const;

  test('takes what each association names along, one statement each, and nothing of another', async () => {
    await seed();
    const { repo, model } = setup(everything);
    const post = await load(repo, model('Post'), 7n);
    const statements = await database.statementsOf(async () => {
      written(await repo.delete(post));
    });
    expect(writesOf(statements).toSorted()).toEqual([
      'DELETE permalinks',
      'DELETE posts',
      'DELETE posts_tags',
      'UPDATE notes',
    ]);
    expect(await rows('SELECT id, post_id FROM notes ORDER BY 1')).toEqual([
      '1 null',
      '2 null',
      '3 8',
    ]);
    expect(await rows('SELECT id FROM permalinks')).toEqual(['6']);
    expect(await rows('SELECT post_id, tag_id FROM posts_tags')).toEqual(['8 1']);
    expect(await rows('SELECT id FROM tags')).toEqual(['1']);
  });

  test('takes the rows that `where` leaves out along, too', async () => {
    await seed();
    const { repo, model } = setup({
      ...everything,
      'Post.notes': { onDelete: 'deleteAll', where: { body: 'a' } },
    });
    written(await repo.delete(await load(repo, model('Post'), 7n)));
    expect(await rows('SELECT id FROM notes')).toEqual(['3']);
  });

  test.each([
    ['notes', 'are still associated with this entry', 'notes_post_id_fkey'],
    ['permalink', 'is still associated with this entry', 'permalinks_post_id_fkey'],
  ])('is refused under onDelete nothing: %s', async (name, message, constraint) => {
    await seed();
    const { repo, model } = setup({ ...everything, [`Post.${name}`]: {} });
    const post = await load(repo, model('Post'), 7n);
    const outcome = await repo.delete(noAssocConstraint(change(post), name));
    expect(outcome).toMatchObject({
      ok: false,
      changeset: {
        errors: [{ field: name, message, code: 'STILL_ASSOCIATED' }],
      },
    });
    await expect(repo.delete(post)).rejects.toThrow(constraint);
    expect(await rows('SELECT id FROM notes WHERE post_id = 7')).toHaveLength(2);
  });

  test('takes one level along, as in Ecto: what is below that stands in the way', async () => {
    await seed();
    const { repo, model } = setup({
      'Category.children': { onDelete: 'deleteAll' },
    });
    const top = await load(repo, model('Category'), 1);
    await expect(repo.delete(top)).rejects.toThrow('categories_parent_id_fkey');
    const middle = await load(repo, model('Category'), 2);
    written(await repo.delete(middle));
    expect(await rows('SELECT id FROM categories')).toEqual(['1']);
    expect(await rows(`SELECT "A" FROM "_CategoryToCountry"`)).toEqual([]);
  });

  test('of several rows that a list leaves out takes along what goes with each', async () => {
    await seed();
    await database.sql(`INSERT INTO authors (id) VALUES (1); UPDATE posts SET author_id = 1`);
    const { repo, model } = setup({
      ...everything,
      'Author.posts': { onReplace: 'delete' },
    });
    const author = await load(repo, model('Author'), 1n, ['posts']);
    written(await repo.update(putAssoc(change(author), 'posts', [])));
    expect(await rows('SELECT id, post_id FROM notes ORDER BY 1')).toEqual([
      '1 null',
      '2 null',
      '3 null',
    ]);
    expect(await rows('SELECT id FROM permalinks')).toEqual([]);
    expect(await rows('SELECT id FROM posts')).toEqual([]);
  });
});

describe('nesting', () => {
  const path = {
    assoc: 'cities',
    preload: [{ assoc: 'stations', preload: ['platforms'] }],
  };
  const names = `SELECT co.name AS a, ci.name AS b, s.line_no, s.name AS c, p.label FROM countries co
    LEFT JOIN cities ci ON ci.country_code = co.code LEFT JOIN stations s ON s.city_id = ci.id
    LEFT JOIN platforms p ON p.city_id = s.city_id AND p.line = s.line_no ORDER BY 1, 2, 3, 4, 5`;

  test('goes four levels deep, through keys of every kind, in one call', async () => {
    const { repo, model } = setup({
      'Country.cities': { onReplace: 'delete' },
      'City.stations': { onReplace: 'delete', onDelete: 'deleteAll' },
      'Station.platforms': { onReplace: 'delete', onDelete: 'deleteAll' },
    });
    const params = {
      code: 'NL',
      name: 'Netherlands',
      cities: [
        {
          name: 'Utrecht',
          stations: [
            {
              line: 1,
              name: 'Centraal',
              platforms: [{ label: 'a' }, { label: 'b' }],
            },
            { line: 2, name: 'Zuilen' },
          ],
        },
      ],
    };
    written(await repo.insert(castTree(buildStruct(model('Country')), params)));
    expect(await rows(names)).toEqual([
      'Netherlands Utrecht 1 Centraal a',
      'Netherlands Utrecht 1 Centraal b',
      'Netherlands Utrecht 2 Zuilen null',
    ]);
    const stored = await load(repo, model('Country'), 'NL', [path]);
    const [city] = stored.assocs['cities'] as [Struct];
    const [station] = city.assocs['stations'] as [Struct];
    const [first] = (station.assocs['platforms'] as Struct[]).filter(
      ({ fields }) => fields['label'] === 'a',
    );
    const id = city.fields['id'];
    const next = {
      cities: [
        {
          id,
          stations: [
            {
              city_id: id,
              line: '1',
              platforms: [{ id: first?.fields['id'], label: 'A' }, { label: 'c' }],
            },
          ],
        },
      ],
    };
    const statements = await database.statementsOf(async () => {
      written(await repo.update(castTree(stored, next)));
    });
    expect(writesOf(statements)).toEqual([
      'DELETE stations',
      'DELETE platforms',
      'UPDATE platforms',
      'INSERT platforms',
    ]);
    expect(await rows(names)).toEqual([
      'Netherlands Utrecht 1 Centraal A',
      'Netherlands Utrecht 1 Centraal c',
    ]);
  });

  test('tells of an error four levels down at its place', () => {
    const { model } = setup();
    const changeset = castTree(buildStruct(model('Country')), {
      cities: [{}, { stations: [{ platforms: [{ label: 'a' }, { label: 7 }] }] }],
    });
    expect(listErrors(changeset)).toMatchObject([
      { path: ['cities', 1, 'stations', 0, 'platforms', 1, 'label'] },
    ]);
  });
});
