import { assertAssociation } from '../../changeset/assert.ts';
import { ChangesetError } from '../../changeset/changeset-error.ts';
import type { Association, Through } from '../../model/model.ts';
import type { Loaded, Struct } from '../../model/struct.ts';
import { listOf, loadStruct, primaryKey, oneOrMany, withAssoc } from '../../model/struct.ts';
import { keyText } from '../../model/value.ts';
import type { Loaders } from './loaders.ts';
import { stableText } from '../stable-text.ts';

/** A condition and an order in Prisma's words. */
export interface PreloadQuery {
  readonly where?: object;
  readonly orderBy?: readonly object[];
}

/** What to preload: an association by name, or with a query, and what to preload below it. */
export type Preload =
  | string
  | (PreloadQuery & {
      readonly assoc: string;
      readonly preload?: readonly Preload[];
    });

/** How to preload. */
export interface PreloadOptions {
  /** Loads again what is loaded already. Default false. */
  readonly force?: boolean;
}

/**
 * Loads associations of records: one statement for each association and level, whatever the number
 * of records; what is loaded already is kept. The records come back in their order, none where
 * there was none. As Ecto.Repo.preload/3, 3.13.
 * @throws ChangesetError for an association that does not exist, records of several models, or one
 * association asked for with two different conditions.
 */
export async function preloadRecords(
  loaders: Loaders,
  records: readonly (Struct | null)[],
  preloads: readonly Preload[],
  options: PreloadOptions = {},
): Promise<readonly (Struct | null)[]> {
  const present = records.filter((record) => record !== null);
  const [first] = present;
  if (!first) return records;
  const other = present.find((record) => record.model !== first.model);
  if (other) {
    throw new ChangesetError(
      `cannot preload ${first.model.name} and ${other.model.name} at once: give records of one model.`,
    );
  }
  const { steps, throughs } = mergePreloads(first, preloads);
  let loaded: readonly Struct[] = present;
  for (const step of steps) loaded = await preloadStep(loaders, loaded, step, options);
  for (const through of throughs) loaded = loaded.map((record) => gatherThrough(record, through));
  let next = 0;
  return records.map((record) => (record === null ? null : (loaded[next++] ?? record)));
}

interface Step {
  readonly association: Direct;
  readonly query: PreloadQuery;
  readonly below: readonly Preload[];
}

type Direct = Exclude<Association, Through>;

/**
 * One step for each association; what is asked below one that is named twice is put together. A
 * through asks for its path, the last of it by its query; it is gathered once everything is loaded.
 */
function mergePreloads({ model }: Struct, preloads: readonly Preload[]) {
  const steps = new Map<string, Step>();
  const throughs = new Set<Through>();
  for (const preload of preloads) {
    const named = typeof preload === 'string' ? { assoc: preload } : preload;
    let { assoc, preload: below = [], ...query } = named;
    let association = assertAssociation(model, assoc, 'preload');
    while (association.kind === 'through') {
      throughs.add(association);
      const [first = '', ...rest] = association.path;
      below = nestPath(rest, { ...query, preload: below });
      query = {};
      association = assertAssociation(model, first, 'preload');
    }
    const step: Step = { association, query, below };
    const before = steps.get(association.name);
    steps.set(association.name, before ? mergeSteps(before, step) : step);
  }
  return { steps: [...steps.values()], throughs: [...throughs].toReversed() };
}

/** A preload of the associations named one below the other; the last as `end` says. */
function nestPath(
  path: readonly string[],
  end: PreloadQuery & { readonly preload: readonly Preload[] },
): readonly Preload[] {
  const [last = '', ...before] = path.toReversed();
  return before.reduce<readonly Preload[]>(
    (deeper, assoc) => [{ assoc, preload: deeper }],
    [{ ...end, assoc: last }],
  );
}

/** As in Ecto, a query stands for both, and two must be the same. */
function mergeSteps(before: Step, step: Step): Step {
  const { association } = step;
  const below = [...before.below, ...step.below];
  if (isWhole(step.query)) return { ...before, below };
  if (isWhole(before.query) || stableText(before.query) === stableText(step.query))
    return { ...step, below };
  throw new ChangesetError(
    `cannot preload "${association.name}" of ${association.owner.name} with two different queries: ask for it once.`,
  );
}

function isWhole(query: PreloadQuery): boolean {
  return stableText(query) === stableText({});
}

async function preloadStep(
  loaders: Loaders,
  records: readonly Struct[],
  step: Step,
  options: PreloadOptions,
): Promise<readonly Struct[]> {
  const { association, below } = step;
  const found = await Promise.all(
    records.map(async (record): Promise<Loaded> => {
      const before = record.assocs[association.name];
      if (before !== undefined && !options.force) return before;
      const rows = await loaders.association(association, record.fields, step.query);
      const structs = listOf(rows).map((row) => loadStruct(association.related, row));
      return oneOrMany(association, structs);
    }),
  );
  const deeper = below.length === 0 ? found : await preloadBelow(loaders, found, below, options);
  return records.map((record, i) => withAssoc(record, association.name, deeper[i] ?? null));
}

/** Preloads below what was found for every record at once, so that a level costs one statement. */
async function preloadBelow(
  loaders: Loaders,
  found: readonly Loaded[],
  below: readonly Preload[],
  options: PreloadOptions,
): Promise<readonly Loaded[]> {
  const flat = await preloadRecords(loaders, found.flatMap(listOf), below, options);
  let next = 0;
  const take = (record: Struct): Struct => flat[next++] ?? record;
  return found.map((loaded) => {
    if (loaded === null) return null;
    return 'kind' in loaded ? take(loaded) : loaded.map(take);
  });
}

/** What lies at the end of a through's loaded path, each record once. */
function gatherThrough(record: Struct, through: Through) {
  const ends = through.path.reduce<readonly Struct[]>(
    (level, assoc) => level.flatMap((item) => listOf(item.assocs[assoc] ?? null)),
    [record],
  );
  const byKey = ends.map((item) => [keyText(primaryKey(item)), item] as const);
  const unique = [...new Map(byKey).values()];
  return withAssoc(record, through.name, oneOrMany(through, unique));
}
