import type { Changeset } from '../../src/changeset/changeset.ts';
import { askedRows, type Asked } from './asked-rows.ts';
import type { Case } from './case.ts';
import { compare } from './compare.ts';
import { associationOfKey, readCaseModels } from './models.ts';
import { refusedLists } from './refused-lists.ts';
import { replay } from './replay.ts';
import { applyRules, type Rule } from './rules.ts';
import type { Seen } from './seen.ts';
import { skipReason } from './skipped.ts';
import type { World } from './world.ts';

/** What became of a case. */
export type Verdict =
  | { readonly kind: 'skipped'; readonly reason: string }
  | {
      readonly kind: 'judged';
      /** What differs from what is expected; empty for a case that passes. */
      readonly problems: readonly string[];
      /** The rules by which something else is expected than what Ecto did. */
      readonly applied: readonly Rule[];
    };

/** Replays a case and compares what comes of it. */
export async function judge(world: World, recorded: Case): Promise<Verdict> {
  const reason = skipReason(recorded);
  if (reason !== null) return { kind: 'skipped', reason };
  return judgeSeen(await see(world, recorded));
}

/** Compares what came of a case, after the rules. */
export function judgeSeen(first: Seen): Extract<Verdict, { readonly kind: 'judged' }> {
  const { seen, applied, problems } = applyRules(first);
  const { recorded, expected, observed } = seen;
  const differing = compare(recorded, expected, observed);
  return { kind: 'judged', problems: [...problems, ...differing], applied };
}

/** Replays a case. */
export async function see(world: World, recorded: Case): Promise<Seen> {
  const models = readCaseModels(recorded.associations);
  const observed = await replay(world, recorded);
  const { expect: expected, operation } = recorded;
  const seen = { recorded, models, expected, observed };
  // As the case, but for the repo function: what its changeset is.
  const { repo: _, ...unwritten } = operation;
  const again = { ...recorded, operation: unwritten };
  const isMade = observed.end !== null && expected.raisedIn !== 'changeset';
  // What is written loses no key; a delete passes over the associations.
  const verb = verbOf(recorded, observed.given);
  const isWritten = expected.status === 'ok' && verb !== null && verb !== 'delete';
  return {
    ...seen,
    asked: asked(seen),
    ifReplaced: await replayReplaced(world, seen, again),
    ifNullable:
      isMade && !isWritten
        ? await replay(world, again, readCaseModels(recorded.associations, { nullableKeys: true }))
        : null,
  };
}

type Replayed = Pick<Seen, 'recorded' | 'models' | 'expected' | 'observed'>;

function asked({ recorded, models, observed }: Replayed): Asked | null {
  const verb = verbOf(recorded, observed.given);
  const { given, before } = observed;
  return given && verb ? askedRows(given, verb, models, before) : null;
}

/** What the repo function does, whether it raises or answers. */
function verbOf(
  { operation: { repo } }: Case,
  given: Changeset | null,
): 'insert' | 'update' | 'delete' | null {
  if (repo?.startsWith('insert_or_update')) {
    return given?.data.state === 'built' ? 'insert' : 'update';
  }
  const verbs = ['insert', 'update', 'delete'] as const;
  return verbs.find((verb) => repo?.startsWith(verb)) ?? null;
}

/** The case where the lists that Ecto refuses to replace may be. */
async function replayReplaced(
  world: World,
  { recorded, ...seen }: Replayed,
  again: Case,
): Promise<Seen['ifReplaced']> {
  const lists = refusedLists(seen);
  if (lists.length === 0) return null;
  const rules = Object.entries(recorded.associations).map(([key, given]) => {
    if (typeof given !== 'object') return [key, given];
    const { owner, name } = associationOfKey(key);
    const isRefused = lists.some((list) => list.owner === owner.name && list.name === name);
    return [key, isRefused ? { ...given, onReplace: 'delete' } : given];
  });
  const associations = Object.fromEntries(rules) as Case['associations'];
  return replay(world, { ...again, associations });
}
