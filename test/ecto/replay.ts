import { buildAssoc } from '../../src/changeset/assoc/assoc.ts';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { change, putAction } from '../../src/changeset/changeset.ts';
import type { Models } from '../../src/model/model.ts';
import type { Struct } from '../../src/model/struct.ts';
import { isStruct } from '../../src/model/struct.ts';
import type { Value } from '../../src/model/value.ts';
import { InvalidChangesetError } from '../../src/repo/errors/errors.ts';
import { makeRepo, type Repo } from '../../src/repo/repo.ts';
import type { RepoOptions } from '../../src/repo/write/write-in-transaction.ts';
import type { Outcome } from '../../src/repo/write/write-changeset.ts';
import type { Statement } from '../support/statement-log.ts';
import { writing } from '../support/write-way.ts';
import type { Case, Expectation, Rows } from './case.ts';
import type { Operation } from './operation.ts';
import { readCaseModels, typedValues } from './models.ts';
import { actionsOf, errorsOf, resultOf, rowsOf } from './observe.ts';
import { toPreload } from './preloads.ts';
import { fetchPuts, loadRoot, type Loaded, type Scene } from './records.ts';
import { applySpec, hasSteps } from './spec.ts';
import type { World } from './world.ts';

/** Steps of a replay, in their order. */
export type Phase = 'load' | 'changeset' | 'repo';

/** What our side did with a case. */
export interface Observed {
  readonly status: Expectation['status'];
  readonly errors: NonNullable<Expectation['errors']>;
  /** The changeset before it ran; null where none was made. */
  readonly actions: NonNullable<Expectation['actions']> | null;
  readonly result: Value;
  /**
   * What was given to the repo function, and the changeset as it was after it; null where none was
   * made.
   */
  readonly given: Changeset | null;
  readonly end: Changeset | null;
  /** What was thrown, and where. */
  readonly thrown: { readonly error: unknown; readonly phase: Phase } | null;
  /** The statements of the repo function, or of the preload. */
  readonly statements: readonly Statement[];
  /** Rows as they were loaded, as another session left them, and after. */
  readonly loaded: Rows;
  readonly before: Rows;
  readonly rows: Rows;
}

const clock = () => new Date('2026-01-01T00:00:00Z');

/**
 * Replays a case through the public functions of the core and the repo; its models may be others
 * than the case says.
 */
export async function replay(
  world: World,
  recorded: Case,
  models: Models = readCaseModels(recorded.associations),
): Promise<Observed> {
  const { operation } = recorded;
  const repo = makeRepo(world.client, models, { now: clock, ...writing });
  const rowsNow = async () => rowsOf(models, await world.snapshot());
  const run: Run = { world, models, repo, operation, phase: 'load' };
  await world.fill(recorded.rows);
  for (const sql of operation.before_sql ?? []) await world.run(sql);
  const loaded = await rowsNow();
  let before = loaded;
  let statements: readonly Statement[] = [];
  let done: Done = {};
  let thrown: Observed['thrown'] = null;
  try {
    const prepared = await prepare(run);
    done = prepared;
    run.phase = 'repo';
    for (const sql of operation.meanwhile ?? []) await world.run(sql);
    before = await rowsNow();
    statements = await world.statementsOf(async () => {
      try {
        done = { ...done, ...(await finish(run, prepared)) };
      } catch (error) {
        thrown = { error, phase: 'repo' };
      }
    });
  } catch (error) {
    thrown = { error, phase: run.phase };
  }
  const { changeset, outcome, result = null } = done;
  const end = outcome?.ok === false ? outcome.changeset : changeset;
  const errors = end ? errorsOf(end) : [];
  const status = outcome ? outcome.ok : (end?.valid ?? true);
  return {
    status: thrown ? 'raises' : status ? 'ok' : 'invalid',
    errors: [...errors],
    actions: changeset ? [...actionsOf(changeset)] : null,
    result: thrown || !status ? null : resultOf(result),
    given: done.record ? change(done.record) : null,
    end: end ?? null,
    thrown,
    statements,
    loaded,
    before,
    rows: await rowsNow(),
  };
}

interface Run {
  readonly world: World;
  readonly models: Models;
  readonly repo: Repo;
  readonly operation: Operation;
  phase: Phase;
}

interface Prepared {
  readonly root: Loaded;
  /** What is given to the repo function. */
  readonly record?: Struct | Changeset;
  readonly changeset?: Changeset;
}

type Done = Partial<Prepared> & {
  readonly outcome?: Outcome;
  readonly result?: Loaded;
};

/** Everything before the repo function: loads the root, makes the changeset. */
async function prepare(run: Run): Promise<Prepared> {
  const { repo, models, operation } = run;
  const root = await loadRoot(repo, models, operation.root);
  if (operation.kind === 'preload') return { root };
  const fetched = await fetchPuts(repo, models, operation);
  run.phase = 'changeset';
  const scene: Scene = { models, fetched };
  const start = one(root);
  const data = operation.kind === 'build_assoc' ? built(start, operation) : start;
  const { params, repo: verb, set_action: action } = operation;
  if (operation.kind === 'build_assoc' && params === undefined && !verb) {
    return { root, record: data };
  }
  const made = applySpec(data, operation, params, scene);
  const changeset = action ? putAction(made, action) : made;
  // Without steps the record itself is given, but for `update`, which takes a changeset only.
  const plain = !hasSteps(operation, params) && !action;
  return { root, changeset, record: plain ? data : changeset };
}

function built(owner: Struct, { assoc = '', attributes = {} }: Operation) {
  const related = owner.model.associations.get(assoc)?.related;
  const typed = related ? typedValues(related, attributes) : attributes;
  return buildAssoc(owner, assoc, typed);
}

async function finish(run: Run, prepared: Prepared): Promise<Done> {
  const { repo, operation } = run;
  const { root, record } = prepared;
  if (operation.kind === 'preload') {
    const preloads = (operation.preload ?? []).map(toPreload);
    const { opts = {} } = operation;
    const options = {
      force: opts.force ?? operation.force ?? false,
      inParallel: opts.in_parallel ?? true,
    };
    return { result: await repo.preload(root, preloads, options) };
  }
  if (operation.repo === undefined || record === undefined) {
    return { result: record && isStruct(record) ? record : null };
  }
  const outcome = await write(repo, operation.repo, record, operation);
  return { outcome, result: outcome.ok ? outcome.struct : null };
}

function write(
  repo: Repo,
  verb: NonNullable<Operation['repo']>,
  record: Struct | Changeset,
  { repo_opts: given = {} }: Operation,
): Promise<Outcome> {
  const options: RepoOptions = {
    returning: given.returning ?? false,
    ...(given.force !== undefined && { force: given.force }),
    ...(given.stale_error_field !== undefined && {
      staleErrorField: given.stale_error_field,
    }),
    ...(given.stale_error_message !== undefined && {
      staleErrorMessage: given.stale_error_message,
    }),
    ...(given.allow_stale !== undefined && { allowStale: given.allow_stale }),
  };
  switch (verb) {
    case 'insert':
      return repo.insert(record, options);
    case 'insert!':
      return outcomeOf(repo.insertOrThrow(record, options));
    case 'update':
      return repo.update(change(record), options);
    case 'update!':
      return outcomeOf(repo.updateOrThrow(change(record), options));
    case 'delete':
      return repo.delete(record, options);
    case 'delete!':
      return outcomeOf(repo.deleteOrThrow(record, options));
    case 'insert_or_update':
      return repo.insertOrUpdate(change(record), options);
    case 'insert_or_update!':
      return outcomeOf(repo.insertOrUpdateOrThrow(change(record), options));
    default:
      return verb satisfies never;
  }
}

/**
 * What a function that raises ends with, as the others answer: so the rules of difference are the
 * same for both.
 */
async function outcomeOf(written: Promise<Struct>): Promise<Outcome> {
  try {
    return { ok: true, struct: await written, plan: { operations: [] } };
  } catch (error) {
    if (!(error instanceof InvalidChangesetError)) throw error;
    return { ok: false, changeset: error.changeset };
  }
}

function one(root: Loaded): Struct {
  if (root !== null && isStruct(root)) return root;
  throw new Error('the operation starts from one record, which is not there');
}
