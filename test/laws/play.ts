import fc from 'fast-check';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset, Params } from '../../src/changeset/changeset.ts';
import { change, putAction } from '../../src/changeset/changeset.ts';
import { uniqueConstraint } from '../../src/changeset/constraint/constraint.ts';
import { ChangesetError } from '../../src/changeset/changeset-error.ts';
import { validateRequired } from '../../src/changeset/validate/validate.ts';
import type { Models } from '../../src/model/model.ts';
import type { Struct } from '../../src/model/struct.ts';
import { buildStruct } from '../../src/model/struct.ts';
import type { Outcome } from '../../src/repo/write/write-changeset.ts';
import { type CoreDatabase, modelOf, modelsWith, repoOf } from '../support/core.ts';
import type { Statement } from '../support/statement-log.ts';
import {
  authorParams,
  postParams,
  postPuts,
  type PutItem,
  replacing,
  strictness,
} from './input.ts';
import { preloads, recordOf, recordsOf, rootOf } from './records.ts';
import { type LawRows, lawRows } from './rows.ts';
import { fill, readRows, type RowsNow } from './stage.ts';

/** Any current rows, any rules, and any cast or put on post 1 or author 1. */
export const scenarios = fc.record({
  rows: lawRows,
  replacing,
  tool: fc.oneof(
    fc.record({
      kind: fc.constant('cast' as const),
      root: fc.constant('Post' as const),
      params: postParams,
      strictness,
    }),
    fc.record({
      kind: fc.constant('cast' as const),
      root: fc.constant('Author' as const),
      params: authorParams,
      strictness,
    }),
    fc.record({
      kind: fc.constant('put' as const),
      root: fc.constant('Post' as const),
      puts: postPuts,
    }),
  ),
});

/** One scenario. */
export type Scenario = typeof scenarios extends fc.Arbitrary<infer T> ? T : never;

/**
 * A changeset on loaded records, or why making it is misuse: a row replaced under raise, an action
 * that does not fit.
 */
export interface Made {
  readonly models: Models;
  readonly root: Struct;
  readonly changeset: Changeset | null;
}

/** What became of a valid changeset. */
export interface Written {
  readonly before: RowsNow;
  /** Null where the database refused what no changeset declares, or the plan was misuse. */
  readonly outcome: Outcome | null;
  readonly after: RowsNow;
  readonly statements: readonly Statement[];
  /**
   * The root with its `preloads`, read anew; null where nothing was written, or the root is gone.
   */
  readonly reloaded: Struct | null;
}

const everMade = new Map<string, Made>();

/** The changeset that a scenario asks for, made once: all laws meet the same scenarios. */
export function make(scenario: Scenario): Made {
  const text = JSON.stringify(scenario);
  const made = everMade.get(text) ?? makeNew(scenario);
  everMade.set(text, made);
  return made;
}

function makeNew(scenario: Scenario): Made {
  const { rows, tool } = scenario;
  const rules = Object.entries(scenario.replacing).map(([name, onReplace]) => [
    name,
    { onReplace },
  ]);
  const models = modelsWith(Object.fromEntries(rules), {
    Post: 'lock_version',
  });
  const root = rootOf(models, rows, tool.root);
  const changeset = notMisuse(() =>
    tool.kind === 'cast'
      ? castRecord(root, tool.params, {
          ...tool.strictness,
          elsewhere: (name) => recordsOf(models, rows, name),
        })
      : putAll(change(root), tool.puts, { models, rows }),
  );
  return { models, root, changeset };
}

/** What is made, or null where making it is misuse. */
export function notMisuse<T>(run: () => T): T | null {
  try {
    return run();
  } catch (misuse) {
    if (misuse instanceof ChangesetError) return null;
    throw misuse;
  }
}

/** Writes a valid changeset to a database that holds the scenario's rows. */
export async function write(
  database: CoreDatabase,
  { rows, tool }: Scenario,
  models: Models,
  changeset: Changeset,
): Promise<Written> {
  const repo = repoOf(database, models);
  await fill(database, rows);
  const before = await readRows(database);
  let outcome: Outcome | null = null;
  const statements = await database.statementsOf(async () => {
    try {
      outcome = await repo.update(changeset);
    } catch (error) {
      if (!(error instanceof ChangesetError)) throw error;
    }
  });
  const after = await readRows(database);
  const root = modelOf(models, tool.root);
  const found = outcome === null ? null : await repo.get(root, 1n);
  const reloaded = found && (await repo.preload(found, preloads[tool.root]));
  return { before, outcome, after, statements, reloaded };
}

const textField: Readonly<Record<string, string>> = {
  Author: 'name',
  Post: 'title',
  Comment: 'body',
  Note: 'body',
  Permalink: 'url',
  Tag: 'name',
};

type Strictness = Extract<Scenario['tool'], { kind: 'cast' }>['strictness'] & {
  /** The records of a model that the root may relate. */
  readonly elsewhere?: (name: string) => readonly Struct[];
};

/** Casts a record and the associations that its params name. */
export function castRecord(
  data: Struct,
  params: Params,
  how: Strictness,
  isRoot = true,
): Changeset {
  const text = textField[data.model.name] ?? '';
  const permitted = how.permitId && !isRoot ? ['id', text] : [text];
  let changeset = validateRequired(cast(data, params, permitted), [text]);
  if (data.model.name === 'Tag') changeset = uniqueConstraint(changeset, text);
  const { elsewhere, ...below } = how;
  for (const { name, related } of data.model.associations.values()) {
    if (!(name in params)) continue;
    changeset = castAssoc(changeset, name, {
      onUnknown: how.onUnknown,
      elsewhere: elsewhere?.(related.name) ?? [],
      with: (child, sent) => castRecord(child, sent, below, false),
    });
  }
  if (params['ignore'] === true) return putAction(changeset, 'ignore');
  return params['delete'] === true ? putAction(changeset, 'delete') : changeset;
}

/** Puts the items of each association of a post. */
export function putAll(
  start: Changeset,
  puts: { readonly [name: string]: readonly PutItem[] },
  { models, rows }: { readonly models: Models; readonly rows: LawRows },
): Changeset {
  return Object.entries(puts).reduce((changeset, [name, items]) => {
    const association = start.data.model.associations.get(name);
    if (!association) throw new Error(name);
    const { name: related } = association.related;
    const values = items.map((item) =>
      putValue(models, recordOf(models, rows, related, item.id), related, item),
    );
    const many = association.cardinality === 'many';
    return putAssoc(changeset, name, many ? values : (values[0] ?? null));
  }, start);
}

function putValue(
  models: Models,
  stored: Struct | null,
  name: string,
  { kind, id, text }: PutItem,
): unknown {
  const values = { [textField[name] ?? '']: `${name}${text}` };
  if (kind === 'attributes') return { ...values, ...(id < 4 && { id: BigInt(id) }) };
  if (stored === null || kind === 'new') return buildStruct(modelOf(models, name), values);
  return kind === 'record' ? stored : change(stored, values);
}
