import { addAssoc, castAssoc, putAssoc } from '../../changeset/assoc/assoc.ts';
import { cast } from '../../changeset/cast.ts';
import type { Changeset } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import { addError, change, putAction } from '../../changeset/changeset.ts';
import { expectVersion } from '../../changeset/optimistic-lock.ts';
import { validateRequired } from '../../changeset/validate/validate.ts';
import type { Struct } from '../../model/struct.ts';
import { primaryKey, oneOrMany } from '../../model/struct.ts';
import { castNamed } from '../../model/types/cast-value.ts';
import { keyText } from '../../model/value.ts';
import type { Gathered, GatheredTool } from '../load/load-input.ts';
import type { CastTool, PutTool, RecordInput } from '../input/input.ts';
import { isRefused, readRef } from './resolved-ref.ts';
import { unchanged } from './unchanged.ts';

/**
 * The changeset of a root record: its fields, its version where one is sent, and its associations.
 */
export function toChangeset(gathered: Gathered): Changeset {
  const { input, struct } = gathered;
  const changeset = castRecord(gathered, change(struct));
  const { lockVersion } = input.params;
  return typeof lockVersion === 'number' && struct.state === 'loaded'
    ? expectVersion(changeset, lockVersion)
    : changeset;
}

function castRecord(gathered: Gathered, start: Changeset): Changeset {
  const { input } = gathered;
  const valid = input.aggregate.validate(castFields(start, input));
  const whole = gathered.tools.reduce(applyTool, valid);
  return requireParents(whole, input);
}

/**
 * A foreign key beside the association that it belongs to says the same thing twice: whatever its
 * value, it is not read.
 */
function castFields(start: Changeset, input: RecordInput): Changeset {
  const twofold = input.tools.flatMap(({ association }) =>
    association.kind === 'belongsTo'
      ? association.ownerKey.filter((name) => input.params[name] !== undefined)
      : [],
  );
  const fields = input.fields.filter((name) => !twofold.includes(name));
  return twofold.reduce(
    (refused, name) =>
      addError(refused, name, 'is given beside the association', {
        code: 'CONFLICTING_INPUT',
      }),
    cast(start, input.params, fields),
  );
}

/**
 * A record needs the parents that its columns need: by their key, or as an association where that
 * is sent.
 */
function requireParents(changeset: Changeset, input: RecordInput): Changeset {
  const { model } = changeset.data;
  const needed = [...model.associations.values()].flatMap((association) => {
    if (association.kind !== 'belongsTo') return [];
    const [key = ''] = association.ownerKey;
    const isNeeded = model.fields.get(key)?.isNullable === false && input.fields.includes(key);
    const isSent = input.tools.some((tool) => tool.association === association);
    return isNeeded ? [isSent ? association.name : key] : [];
  });
  return validateRequired(changeset, needed);
}

function applyTool(changeset: Changeset, gathered: GatheredTool): Changeset {
  switch (gathered.kind) {
    case 'cast':
      return applyCast(changeset, gathered);
    case 'put':
      return applyPut(changeset, gathered);
    case 'build':
      return applyBuild(changeset, gathered);
    case 'null':
      return addError(changeset, gathered.tool.association.name, 'is invalid', {
        params: { validation: 'assoc' },
      });
    default:
      return gathered satisfies never;
  }
}

const wouldLose = 'would lose %{ids}: list them, or choose another onReplace';

function applyCast(
  changeset: Changeset,
  { tool, children, current }: Extract<GatheredTool, { kind: 'cast' }>,
): Changeset {
  const { association, items, itemAt, onReplace } = tool;
  if (items === null) return requireItem(changeset, association.name, itemAt(0));
  const checked = checkExpectedIds(changeset, tool);
  const entries = oneOrMany(
    association,
    items.map((item) => item.params),
  );
  const params = { ...checked.params, [association.name]: entries };
  const currentKeys = new Set(current.map((item) => keyText(primaryKey(item))));
  const castAt = (child: Struct, index: number): Changeset => {
    const gathered = children[index];
    if (!gathered) return change(child);
    const there = currentKeys.has(keyText(primaryKey(child)));
    return castEntry({ ...gathered, struct: child }, there);
  };
  // A to-one takes a function of two parameters, a to-many one of three.
  const withChild =
    association.cardinality === 'many'
      ? (child: Struct, _params: unknown, index: number) => castAt(child, index)
      : (child: Struct) => castAt(child, 0);
  return castAssoc({ ...checked, params }, association.name, {
    with: withChild,
    onReplace,
    itemAt,
    keepUnchanged: true,
    replaceMessage: wouldLose,
  });
}

/** An entry of a cast: a deletion, or its fields and associations, with the version it expects. */
function castEntry(gathered: Gathered, there: boolean): Changeset {
  const { input, struct } = gathered;
  const { id, lockVersion, delete: removes } = input.params;
  const keyless = (id ?? null) === null;
  if (removes === true) {
    const start: Changeset = {
      ...unchanged(input.aggregate, struct),
      params: input.params,
    };
    if (keyless) return requireItem(start, 'id', ['id']);
    if (hasMore(input)) {
      return addError(start, 'delete', 'cannot stand beside other fields', {
        code: 'CONFLICTING_INPUT',
      });
    }
    const deleted = there ? putAction(start, 'delete') : start;
    return withVersion(deleted, lockVersion);
  }
  const changeset = castRecord(gathered, change(struct));
  if (typeof lockVersion === 'number' && keyless && !there) {
    return requireItem(changeset, 'id', ['id']);
  }
  return withVersion(changeset, lockVersion);
}

function withVersion(changeset: Changeset, lockVersion: unknown): Changeset {
  return typeof lockVersion === 'number' && changeset.data.state === 'loaded'
    ? expectVersion(changeset, lockVersion)
    : changeset;
}

function hasMore({ params }: RecordInput): boolean {
  const own = new Set(['id', 'lockVersion', 'delete']);
  return Object.entries(params).some(([name, value]) => !own.has(name) && value !== undefined);
}

function applyPut(
  changeset: Changeset,
  { tool, refs }: Extract<GatheredTool, { kind: 'put' }>,
): Changeset {
  const { association, itemAt, onReplace } = tool;
  if (tool.refs === null) {
    return requireItem(changeset, association.name, itemAt(0));
  }
  let done = checkExpectedIds(changeset, tool);
  const seen = new Set<string>();
  const places: number[] = [];
  const records: Changeset[] = [];
  refs.forEach((ref, index) => {
    const record = readRef(tool, ref, seen);
    if (isRefused(record)) {
      done = addError(done, association.name, record.message, {
        code: record.code,
        at: itemAt(index),
      });
      return;
    }
    places.push(index);
    records.push(record);
  });
  // A to-one reference that is refused puts nothing: its own error says why.
  if (association.cardinality === 'one' && records.length < refs.length) {
    return done;
  }
  return putAssoc(done, association.name, oneOrMany(association, records), {
    onReplace,
    itemAt: (index) => itemAt(places[index] ?? index),
    keepUnchanged: true,
    replaceMessage: wouldLose,
  });
}

function applyBuild(
  changeset: Changeset,
  { tool, children }: Extract<GatheredTool, { kind: 'build' }>,
): Changeset {
  const added = children.map((child, index) => ({
    at: tool.itemAt(index),
    changeset: castRecord(child, change(child.struct)),
  }));
  return addAssoc(changeset, tool.association.name, added);
}

/** Expected ids must be ids; whether they are the ones that are there is found under the lock. */
function checkExpectedIds(changeset: Changeset, tool: CastTool | PutTool): Changeset {
  const { association, at, kind, expectedIds } = tool;
  const { related } = association;
  const [name = 'id'] = related.primaryKey;
  return (expectedIds ?? []).reduce<Changeset>((done, id, index) => {
    if (castNamed(related, name, id).ok) return done;
    return addError(done, association.name, 'is invalid', {
      at: [...at, kind, 'expectedIds', index],
    });
  }, changeset);
}

function requireItem(changeset: Changeset, field: string, at: Path): Changeset {
  return addError(changeset, field, "can't be blank", { code: 'REQUIRED', at });
}
