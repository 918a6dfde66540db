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
import { requireValues } from '../../domain/require-values.ts';
import { expectedIdsPath, itemPath, listPath } from '../input/input.ts';
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
 * where one is sent. `context` is the request's, for what validates and prepares a record.
 */
export function rootChangeset(input: LoadedInput, action: RootAction, context: unknown): Changeset {
  const loaded = withoutMoved(input);
  const changeset =
    action === 'delete'
      ? unchanged(loaded.aggregate, loaded.struct, context)
      : castRecord(loaded, context);
  return putAction(withVersion(changeset, loaded.params['lockVersion']), action);
}

function castRecord(loaded: LoadedInput, context: unknown): Changeset {
  const cast = loaded.tools.reduce(
    (done, tool) => applyTool(done, tool, context),
    castFields(loaded),
  );
  return requireValues(validated(loaded.aggregate, cast, context), loaded);
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

function applyTool(changeset: Changeset, tool: LoadedTool, context: unknown): Changeset {
  switch (tool.kind) {
    case 'cast':
      return applyCast(changeset, tool, context);
    case 'put':
      return applyPut(changeset, tool);
    case 'build':
      return applyBuild(changeset, tool, context);
    case 'null':
      return addError(changeset, tool.association.name, 'is invalid', {
        params: { validation: 'assoc' },
      });
    default:
      return tool satisfies never;
  }
}

function applyCast(changeset: Changeset, tool: LoadedCast, context: unknown): Changeset {
  const { association, pairs } = tool;
  if (pairs === null) return requireItem(changeset, association.name, itemPath(tool, 0));
  return castItems(checkExpectedIds(changeset, tool), association, pairs, {
    ...listOptions(tool),
    onUnknown: tool.onUnknown,
    with: (item, found) => castEntry(item, found !== null, context),
  });
}

/** An entry of a cast: a deletion, or its fields and associations, with the version it expects. */
function castEntry(loaded: LoadedInput, isCurrent: boolean, context: unknown): Changeset {
  const { aggregate, params, struct } = loaded;
  const { id, lockVersion, delete: removes } = params;
  const keyless = (id ?? null) === null;
  if (removes === true) {
    const start: Changeset = { ...unchanged(aggregate, struct, context), params };
    if (keyless) return requireItem(start, 'id', ['id']);
    if (hasMore(loaded)) {
      const conflict = { code: 'CONFLICTING_INPUT' } as const;
      return addError(start, 'delete', 'cannot stand beside other fields', conflict);
    }
    return withVersion(isCurrent ? putAction(start, 'delete') : start, lockVersion);
  }
  const changeset = castRecord(loaded, context);
  return typeof lockVersion === 'number' && keyless && !isCurrent
    ? requireItem(changeset, 'id', ['id'])
    : withVersion(changeset, lockVersion);
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
  if (tool.refs === null) return requireItem(changeset, association.name, itemPath(tool, 0));
  const refs = refuseDuplicates(tool.refs);
  const [only] = refs;
  // A to-one reference that is refused puts nothing: its own error says why.
  if (association.cardinality === 'one' && only?.kind === 'refused') {
    return addIssues(changeset, [issueAt(tool, itemPath(tool, 0), only)]);
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

function applyBuild(changeset: Changeset, tool: LoadedBuild, context: unknown): Changeset {
  const added = tool.items.map((item, index) => ({
    at: itemPath(tool, index),
    changeset: castRecord(item, context),
  }));
  return addAssoc(changeset, tool.association.name, added);
}

/** How the list of a cast or a put is matched: every entry is shown, whatever becomes of it. */
function listOptions(tool: LoadedCast | LoadedPut) {
  const list = listPath(tool);
  const isOne = tool.association.cardinality === 'one';
  return {
    onReplace: tool.onReplace,
    partial: tool.scope !== null,
    itemAt: (index: number) => (isOne ? list : [...list, index]),
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
