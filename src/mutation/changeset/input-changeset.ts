import { addAssoc, putAssoc } from '../../changeset/assoc/assoc.ts';
import { castItems } from '../../changeset/assoc/cast-items.ts';
import { buildRelated } from '../../changeset/assoc/put-items.ts';
import { cast } from '../../changeset/cast.ts';
import {
  addError,
  addIssues,
  type Changeset,
  change,
  putAction,
} from '../../changeset/changeset.ts';
import type { Issue, Path } from '../../changeset/issue.ts';
import { expectVersion } from '../../changeset/optimistic-lock.ts';
import { castId } from '../../model/key.ts';
import type { Association } from '../../model/model.ts';
import { oneOrMany } from '../../model/struct.ts';
import { unchanged, validated } from '../../domain/aggregate.ts';
import { makePace, type Pace } from '../../repo/give-way.ts';
import { requireValues } from '../../domain/require-values.ts';
import { expectedIdsPath, itemPaths } from '../input/input.ts';
import type {
  LoadedBuild,
  LoadedCast,
  LoadedInput,
  LoadedPut,
  LoadedRef,
  LoadedTool,
  RefusedRef,
} from '../load/load-input.ts';
import type { RootAction } from '../load/owners.ts';
import { withoutMoved } from './without-moved.ts';

/**
 * The changeset of a root record, with its action: its fields, its associations, and its version
 * where one is sent. `context` is the request's, for what validates and prepares a record. Others run
 * between the entries of large lists.
 */
export async function rootChangeset(
  input: LoadedInput,
  action: RootAction,
  context: unknown,
): Promise<Changeset> {
  const loaded = withoutMoved(input);
  const changeset =
    action === 'delete'
      ? unchanged(loaded.aggregate, loaded.struct, context)
      : await castRecord(loaded, { context, pace: makePace() });
  return putAction(withVersion(changeset, loaded.params['lockVersion']), action);
}

/** What each record of a request is cast with. */
interface Casting {
  readonly context: unknown;
  readonly pace: Pace;
}

/** Most records have no associations to be changed: they are cast at once. */
function castRecord(loaded: LoadedInput, casting: Casting): Changeset | Promise<Changeset> {
  const { aggregate, tools } = loaded;
  const start = castFields(loaded);
  const finish = (done: Changeset) =>
    requireValues(validated(aggregate, done, casting.context), loaded);
  return tools.length === 0 ? finish(start) : applyTools(start, tools, casting).then(finish);
}

async function applyTools(
  start: Changeset,
  tools: readonly LoadedTool[],
  casting: Casting,
): Promise<Changeset> {
  let done = start;
  for (const tool of tools) done = await applyTool(done, tool, casting);
  return done;
}

/**
 * A foreign key beside the association that it belongs to says the same thing twice: whatever its
 * value, it is not read.
 */
function castFields({ struct, params, fields, tools }: LoadedInput): Changeset {
  const twofold = tools.flatMap(({ association }) =>
    association.kind === 'belongsTo'
      ? association.ownerKey.filter((name) => params[name] !== undefined)
      : [],
  );
  const permitted = fields.filter((name) => !twofold.includes(name));
  return twofold.reduce(
    (done, name) =>
      addError(done, name, 'is given beside the association', { code: 'CONFLICTING_INPUT' }),
    cast(change(struct), params, permitted),
  );
}

function applyTool(
  changeset: Changeset,
  tool: LoadedTool,
  casting: Casting,
): Changeset | Promise<Changeset> {
  switch (tool.kind) {
    case 'cast':
      return applyCast(changeset, tool, casting);
    case 'put':
      return applyPut(changeset, tool);
    case 'build':
      return applyBuild(changeset, tool, casting);
    case 'null':
      return addError(changeset, tool.association.name, 'is invalid', {
        params: { validation: 'assoc' },
      });
    default:
      return tool satisfies never;
  }
}

async function applyCast(
  changeset: Changeset,
  tool: LoadedCast,
  casting: Casting,
): Promise<Changeset> {
  const { association, pairs } = tool;
  if (pairs === null) return requireItem(changeset, association.name, itemPaths(tool)(0));
  const entries = await casting.pace(pairs.pairs, ({ item, current, related }) =>
    castEntry(item, (current ?? related) !== null, casting),
  );
  return castItems(checkExpectedIds(changeset, tool), association, pairs, {
    ...listOptions(tool),
    onUnknown: tool.onUnknown,
    with: ({ struct }, _current, index) => entries[index] ?? change(struct),
  });
}

/** An entry of a cast: a deletion, or its fields and associations, with the version it expects. */
function castEntry(
  loaded: LoadedInput,
  isCurrent: boolean,
  casting: Casting,
): Changeset | Promise<Changeset> {
  const { aggregate, params, struct } = loaded;
  const { id, lockVersion, delete: removes } = params;
  const keyless = (id ?? null) === null;
  if (removes === true) {
    const start: Changeset = { ...unchanged(aggregate, struct, casting.context), params };
    if (keyless) return requireItem(start, 'id', ['id']);
    if (hasMore(loaded)) {
      const conflict = { code: 'CONFLICTING_INPUT' } as const;
      return addError(start, 'delete', 'cannot stand beside other fields', conflict);
    }
    return withVersion(isCurrent ? putAction(start, 'delete') : start, lockVersion);
  }
  const changeset = castRecord(loaded, casting);
  const finish = (done: Changeset) =>
    typeof lockVersion === 'number' && keyless && !isCurrent
      ? requireItem(done, 'id', ['id'])
      : withVersion(done, lockVersion);
  return changeset instanceof Promise ? changeset.then(finish) : finish(changeset);
}

function withVersion(changeset: Changeset, lockVersion: unknown): Changeset {
  return typeof lockVersion === 'number' && changeset.data.state === 'loaded'
    ? expectVersion(changeset, lockVersion)
    : changeset;
}

function hasMore({ params }: LoadedInput): boolean {
  const own = ['id', 'lockVersion', 'delete'];
  return Object.entries(params).some(([name, value]) => !own.includes(name) && value !== undefined);
}

function applyPut(changeset: Changeset, tool: LoadedPut): Changeset {
  const { association } = tool;
  if (tool.refs === null) return requireItem(changeset, association.name, itemPaths(tool)(0));
  const refs = refuseDuplicates(tool.refs);
  const [only] = refs;
  // A to-one reference that is refused puts nothing: its own error says why.
  if (association.cardinality === 'one' && only?.kind === 'refused') {
    return addIssues(changeset, [issueAt(tool, itemPaths(tool)(0), only)]);
  }
  const records = refs.map((ref) =>
    ref.kind === 'record' ? ref.changeset : refusedRecord(association, ref),
  );
  return putAssoc(
    checkExpectedIds(changeset, tool),
    association.name,
    oneOrMany(association, records),
    listOptions(tool),
  );
}

/** What a refused reference stands for: it counts as a record of the list. */
function refusedRecord(association: Association, { code, message }: RefusedRef): Changeset {
  return addError(change(buildRelated(association)), 'id', message, { code, at: [] });
}

/** References, of which a second one to the same record is refused. */
function refuseDuplicates(refs: readonly LoadedRef[]): readonly LoadedRef[] {
  const seen = new Set<string>();
  return refs.map((ref) => {
    if (ref.kind === 'refused' || ref.text === null) return ref;
    const isSecond = seen.has(ref.text);
    seen.add(ref.text);
    const message = 'is listed more than once';
    return isSecond ? { kind: 'refused', code: 'DUPLICATE_ENTRY', message } : ref;
  });
}

async function applyBuild(
  changeset: Changeset,
  tool: LoadedBuild,
  casting: Casting,
): Promise<Changeset> {
  const records = await casting.pace(tool.items, (item) => castRecord(item, casting));
  const pathOf = itemPaths(tool);
  const added = records.map((record, index) => ({ at: pathOf(index), changeset: record }));
  return addAssoc(changeset, tool.association.name, added);
}

/** How the list of a cast or a put is matched: every entry is shown, whatever becomes of it. */
function listOptions(tool: LoadedCast | LoadedPut) {
  return {
    onReplace: tool.onReplace,
    partial: tool.scope !== null,
    itemAt: itemPaths(tool),
    keepUnchanged: true,
    replaceMessage: 'would lose %{ids}: list them, or choose another onReplace',
  };
}

/** Expected ids must be ids; whether they are the current ones is compared under the lock. */
function checkExpectedIds(changeset: Changeset, tool: LoadedCast | LoadedPut): Changeset {
  const { related } = tool.association;
  const malformed = (tool.expectedIds ?? []).flatMap((id, index) => {
    if (!castId(related, id).includes(undefined)) return [];
    const at = [...expectedIdsPath(tool), index];
    return [issueAt(tool, at, { code: 'INVALID', message: 'is invalid' })];
  });
  return addIssues(changeset, malformed);
}

/** An issue of a tool's association. */
function issueAt(
  { association }: LoadedTool,
  at: Path,
  { code, message }: Pick<Issue, 'code' | 'message'>,
): Issue {
  return { field: association.name, message, code, params: {}, at };
}

function requireItem(changeset: Changeset, field: string, at: Path): Changeset {
  return addError(changeset, field, "can't be blank", { code: 'REQUIRED', at });
}
