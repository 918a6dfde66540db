import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChanges } from '../../src/changeset/apply-changes.ts';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { listErrors, traverseErrors } from '../../src/changeset/traverse-errors.ts';
import type { OnReplace, OnUnknown } from '../../src/model/model.ts';
import type { Struct } from '../../src/model/struct.ts';
import { valueText } from '../../src/model/value.ts';
import { listOf, withAssoc } from '../../src/model/struct.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { isWrite } from '../../src/plan/plan.ts';
import { makeLocks } from '../../src/repo/lock/row-locks.ts';
import { withRollback } from '../../src/repo/transaction/transaction.ts';
import type { Outcome } from '../../src/repo/write/write-changeset.ts';
import { writeChangeset } from '../../src/repo/write/write-changeset.ts';
import { writesOf } from '../support/database.ts';
import { load, modelOf, modelsWith, NOW, repoOf, useCore } from '../support/core.ts';
import { holds } from '../support/holds.ts';
import { listOfComments, listsOfPost, strictness } from './input.ts';
import { writing } from '../support/write-way.ts';
import {
  castRecord,
  make,
  type Made,
  notMisuse,
  type Scenario,
  scenarios,
  write,
  type Written,
} from './play.ts';
import { recordsOf, rootOf } from './records.ts';
import { type LawRows, lawRows } from './rows.ts';
import { fill, readRows, withoutWriters } from './stage.ts';
import { changesetsIn, paramsOf, recordsIn, rowName, shapeOf, withoutKeys } from './trees.ts';

/*
 * What holds for any current rows and any cast or put on them. All laws of a run meet the same
 * scenarios, each of which is written to the database once.
 */

const database = useCore();
const memory = new Map<string, Promise<Written>>();

function writeOnce(scenario: Scenario, { models }: Made, changeset: Changeset): Promise<Written> {
  const text = JSON.stringify(scenario);
  const known = memory.get(text) ?? write(database, scenario, models, changeset);
  memory.set(text, known);
  return known;
}

/** A law of what was written, for scenarios whose changeset is valid. */
function holdsOfWrites(
  law: (changeset: Changeset, written: Written, scenario: Scenario) => Promise<void> | void,
): Promise<void> {
  return holds(
    scenarios,
    async (scenario) => {
      const made = make(scenario);
      if (!made.changeset?.valid) return;
      const written = await writeOnce(scenario, made, made.changeset);
      await law(made.changeset, written, scenario);
    },
    { numRuns: 100 },
  );
}

test('a changeset is valid exactly if it has no errors, at any level', async () => {
  await holds(scenarios, (scenario) => {
    const { changeset } = make(scenario);
    if (changeset === null) return;
    const clean = Object.keys(traverseErrors(changeset)).length === 0;
    expect(changeset.valid).toBe(clean);
    expect(listErrors(changeset).length === 0).toBe(clean);
  });
});

test('each current record of a changed association is kept, updated or replaced exactly once', async () => {
  await holds(scenarios, (scenario) => {
    const { changeset } = make(scenario);
    if (changeset === null || ignores(scenario)) return;
    for (const { data, assocs } of changesetsIn(changeset)) {
      for (const [name, { entries, replaced }] of Object.entries(assocs)) {
        const kept = entries.filter((entry) => entry.current);
        const met = [...replaced, ...kept.map((entry) => entry.changeset)];
        const current = listOf(data.assocs[name] ?? null).map(rowName);
        expect(met.map((one) => rowName(one.data)).toSorted()).toEqual(current.toSorted());
      }
    }
  });
});

function ignores(scenario: Scenario): boolean {
  return JSON.stringify(scenario).includes('"ignore":true');
}

/** A many_to_many may name a record twice: it is linked once and, as in Ecto, given back twice. */
function namesTwice(changeset: Changeset): boolean {
  return changesetsIn(changeset).some(({ assocs }) =>
    Object.values(assocs).some(({ entries }) => {
      const stored = entries
        .map((entry) => entry.changeset.data)
        .filter(({ state }) => state === 'loaded');
      return new Set(stored.map(rowName)).size < stored.length;
    }),
  );
}

test('casting what is there, in any order, with its values or without, changes and writes nothing', async () => {
  const cases = fc.record({
    scenario: scenarios,
    turn: fc.nat(3),
    whole: fc.boolean(),
  });
  await holds(cases, ({ scenario, turn, whole }) => {
    const { root } = make(scenario);
    const how = { onUnknown: 'issue', permitId: whole } as const;
    const { id: _id, ...params } = paramsOf(root, { whole, turn });
    expect(castRecord(root, { ...root.fields, ...params }, how)).toMatchObject({
      valid: true,
      changes: {},
      assocs: {},
    });
  });
});

test('casting what is there once a write is done runs no SQL', async () => {
  await holdsOfWrites(async (_changeset, { reloaded }, scenario) => {
    if (reloaded === null) return;
    const { id: _id, ...params } = paramsOf(reloaded, { whole: true, turn: 1 });
    const how = { onUnknown: 'insert', permitId: true } as const;
    const changeset = castRecord(reloaded, params, how);
    const repo = repoOf(database, make(scenario).models);
    const statements = await database.statementsOf(async () => {
      expect(await repo.update(changeset)).toMatchObject({ ok: true });
    });
    expect(statements).toEqual([]);
  });
});

test('a write that is refused leaves every row as it was', async () => {
  await holdsOfWrites((_changeset, { outcome, before, after }) => {
    if (!outcome?.ok) expect(after).toEqual(before);
  });
});

test('no row outside the association is touched', async () => {
  await holdsOfWrites((changeset, { before, after }) => {
    const all = changesetsIn(changeset);
    const inside = new Set(all.flatMap(({ data }) => recordsIn(data).map(rowName)));
    for (const [key, row] of before) {
      const [table, id = ''] = key.split(' ');
      const owner = table === 'posts_tags' ? `posts ${id.split('-')[0]}` : key;
      if (!inside.has(owner)) expect(after.get(key), key).toEqual(row);
    }
  });
});

test('what a write gives back is what is reloaded', async () => {
  await holdsOfWrites((changeset, { outcome, reloaded }, scenario) => {
    // Of a row that an entry ignores nothing is given back, as in Ecto.
    if (!outcome?.ok || reloaded === null || ignores(scenario)) return;
    if (namesTwice(changeset)) return;
    const { tool } = scenario;
    const fieldsOf = ({ model, fields }: Struct) =>
      // One tag may be below two posts and be changed below one of them.
      model.name === 'Tag' && tool.root === 'Author' ? fields['id'] : fields;
    const given = outcome.struct;
    expect(shapeOf(given, given, fieldsOf)).toEqual(shapeOf(reloaded, given, fieldsOf));
  });
});

test('what a write gives back is what applyChanges foretold, but for keys', async () => {
  await holdsOfWrites((changeset, { outcome }) => {
    if (!outcome?.ok || namesTwice(changeset)) return;
    const foretold = applyChanges(changeset);
    expect(shapeOf(outcome.struct, outcome.struct, withoutKeys)).toEqual(
      shapeOf(foretold, foretold, withoutKeys),
    );
  });
});

test('the database runs the operations in the order of the plan', async () => {
  await holdsOfWrites((_changeset, { outcome, statements }, scenario) => {
    if (!outcome?.ok) return;
    const { models } = make(scenario);
    expect(inOrder(writesOf(statements))).toEqual(
      inOrder(planned(outcome.plan, (name) => modelOf(models, name).table)),
    );
  });
});

test('the laws have writes to speak of: most valid scenarios are kept', async () => {
  const ended: Written[] = [];
  await holdsOfWrites((_changeset, written) => void ended.push(written));
  const kept = ended.filter(({ outcome }) => outcome?.ok);
  expect(ended.length).toBeGreaterThan(30);
  expect(kept.length).toBeGreaterThan(ended.length / 3);
});

/** What a plan writes, as `DELETE comments`. */
function planned(plan: Plan, tableOf: (name: string) => string): string[] {
  return plan.operations.filter(isWrite).map((operation) => {
    if (operation.action === 'link') return 'INSERT posts_tags';
    if (operation.action === 'unlink') return 'DELETE posts_tags';
    return `${operation.action.toUpperCase()} ${tableOf(operation.model)}`;
  });
}

/** Sets of rows are in the order of the plan only among those of one table. */
function inOrder(writes: readonly string[]): string[] {
  const tableOf = (one: string) => one.split(' ')[1] ?? '';
  const tables = writing.writeWay ? [...new Set(writes.map(tableOf))].toSorted() : [];
  if (tables.length === 0) return runsOf(writes);
  return tables.flatMap((table) => runsOf(writes.filter((one) => tableOf(one) === table)));
}

/** Several rows of one table may take one statement, or one each. */
function runsOf(writes: readonly string[]): string[] {
  return writes.filter((one, i) => one !== writes[i - 1]);
}

test('operations written one by one end in the same rows as nested writes', async () => {
  await holdsOfWrites(async (changeset, { outcome, after }, scenario) => {
    const { models } = make(scenario);
    await fill(database, scenario.rows);
    const alone = await withRollback<Outcome | null>((rollback) =>
      database.client.$transaction(async (tx) => {
        const locks = makeLocks(tx, [...models.keys()], { strict: false });
        const options = { models, now: NOW, oneByOne: true, locks };
        const done = await writeChangeset(tx, changeset, options);
        return done.ok ? done : rollback(done);
      }),
    ).catch(() => null);
    expect(summaryOf(alone)).toEqual(summaryOf(outcome));
    expect(withoutWriters(await readRows(database))).toEqual(withoutWriters(after));
  });
});

function summaryOf(outcome: Outcome | null): unknown {
  if (outcome === null) return 'error';
  return outcome.ok ? outcome.plan.operations.filter(isWrite) : listErrors(outcome.changeset);
}

test('a cast under a scope is the cast of a subset: it ends as if the rest had been listed as it is', async () => {
  const cases = fc.record({
    rows: lawRows,
    comments: listOfComments,
    strictness,
    onReplace: fc.constantFrom<OnReplace>('delete', 'deleteIfExists'),
  });
  await holds(
    cases,
    async ({ rows, comments, strictness: how, onReplace }) => {
      const models = modelsWith({ 'Post.comments': { onReplace } });
      const repo = repoOf(database, models);
      const post = modelOf(models, 'Post');
      const scope = { assoc: 'comments', query: { where: { position: 1 } } };
      const castOf = (record: Struct, list: readonly unknown[]) =>
        castRecord(record, { title: 'p1', comments: list }, how);
      const finish = async (changeset: Changeset) => {
        const done = await repo.update(changeset).catch(() => null);
        return [done?.ok, renumbered(withoutWriters(await readRows(database)))];
      };

      await fill(database, rows);
      const whole = await load(repo, post, 1n, ['comments']);
      const all = listOf(whole.assocs['comments'] ?? null);
      const isInside = ({ fields }: Struct) => fields['position'] === 1;
      const scoped = await load(repo, post, 1n, [scope]);
      expect(scoped).toEqual(withAssoc(whole, 'comments', all.filter(isInside)));

      const rest = all.filter((record) => !isInside(record));
      const ids = rest.map(({ fields }) => valueText(fields['id'] ?? null));
      const outside = comments.some(({ id }) => ids.includes(String(id)));
      const under = outside ? null : notMisuse(() => castOf(scoped, comments));
      if (!under?.valid) return;
      const before = await readRows(database);
      const ended = await finish(under);
      const after = await readRows(database);
      for (const { fields } of rest) {
        const key = `comments ${valueText(fields['id'] ?? null)}`;
        expect(after.get(key)).toEqual(before.get(key));
      }
      await fill(database, rows);
      const listed = [...comments, ...ids.map((id) => ({ id }))];
      expect(await finish(castOf(whole, listed))).toEqual(ended);
    },
    { numRuns: 50 },
  );
});

/** New rows by their order: an attempt that is run again takes other numbers of the sequence. */
function renumbered(rows: Record<string, unknown>): unknown {
  const added = Object.keys(rows).filter((key) => Number(key.split(' ')[1]) >= 100);
  return Object.entries(rows).map(([key, row]) => {
    const place = added.indexOf(key);
    return place < 0 ? [key, row] : [place, { ...Object(row), id: place }];
  });
}

test('a cast that relates ends as a cast to which what it relates was here before', async () => {
  let related = 0;
  await holds(fc.record({ rows: lawRows, lists: listsOfPost }), async ({ rows, lists }) => {
    const models = modelsWith({
      'Post.comments': { onReplace: 'delete' },
      'Post.notes': { onReplace: 'nilify' },
      'Post.tags': { onReplace: 'delete' },
    });
    const repo = repoOf(database, models);
    const castTo = (post: Struct, onUnknown: OnUnknown) =>
      castRecord(
        post,
        { title: 'p1', ...lists },
        { onUnknown, permitId: false, elsewhere: (name) => recordsOf(models, rows, name) },
      );
    const finish = async (changeset: Changeset, stored: LawRows) => {
      await fill(database, stored);
      const done = await repo.update(changeset).catch(() => null);
      // The post itself is touched where its lists change, which they do only once.
      const now = Object.entries(withoutWriters(await readRows(database)));
      return [done?.ok, now.filter(([key]) => !key.startsWith('posts '))];
    };

    const changeset = notMisuse(() => castTo(rootOf(models, rows, 'Post'), 'relate'));
    if (!changeset?.valid) return;
    const before = withRelated(rows, changeset);
    if (before === rows) return;
    related += 1;
    const without = castTo(rootOf(models, before, 'Post'), 'issue');
    expect(await finish(without, before)).toEqual(await finish(changeset, rows));
  });
  expect(related).toBeGreaterThan(5);
});

/** The rows as they were if post 1 had always had what a changeset relates to it. */
function withRelated(rows: LawRows, { assocs, data }: Changeset): LawRows {
  return Object.entries(assocs).reduce((all, [name, { entries }]) => {
    const ids = entries
      .filter(({ current, changeset }) => current === null && changeset.data.state === 'loaded')
      .map(({ changeset }) => Number(changeset.data.fields['id']));
    if (ids.length === 0) return all;
    if (name === 'tags') {
      const links = ids.map((tag_id) => ({ post_id: 1, tag_id }));
      return { ...all, posts_tags: [...(all['posts_tags'] ?? []), ...links] };
    }
    const table = data.model.associations.get(name)?.related.table ?? '';
    const moved = (all[table] ?? []).map((row) =>
      ids.includes(Number(row['id'])) ? { ...row, post_id: 1 } : row,
    );
    return { ...all, [table]: moved };
  }, rows);
}
