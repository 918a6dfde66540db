import { assertAssociation } from '../changeset/assert.ts';
import { ChangesetError } from '../changeset/error.ts';
import { listOf } from '../changeset/relation.ts';
import type { Association, Through } from '../model/model.ts';
import type { Loaded, Struct } from '../model/struct.ts';
import { loadStruct, primaryKey, withAssoc } from '../model/struct.ts';
import { keyText } from '../model/value.ts';
import type { Loaders } from './loaders.ts';
import { stableText } from './stable-text.ts';

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
 * Loads associations of records: one statement for each association and level, whatever the number of records; what is
 * loaded already is kept. The records come back in their order, none where there was none. As Ecto.Repo.preload/3, 3.13.
 * @throws ChangesetError for an association that does not exist, records of several models, or one association asked for
 * with two different conditions.
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
  let loaded: readonly Struct[] = present;
  for (const step of mergePreloads(first, preloads))
    loaded = await preloadStep(loaders, loaded, step, options);
  let next = 0;
  return records.map((record) =>
    record === null ? null : (loaded[next++] ?? record),
  );
}

interface Step {
  readonly association: Association;
  readonly query: PreloadQuery;
  readonly below: readonly Preload[];
}

/** One step for each association; what is asked below one that is named twice is put together. */
function mergePreloads(
  record: Struct,
  preloads: readonly Preload[],
): readonly Step[] {
  const steps = new Map<string, Step>();
  for (const preload of preloads) {
    const step = readStep(record, preload);
    const { name } = step.association;
    const before = steps.get(name);
    steps.set(name, before ? mergeSteps(before, step) : step);
  }
  return [...steps.values()];
}

function readStep({ model }: Struct, preload: Preload): Step {
  const named = typeof preload === 'string' ? { assoc: preload } : preload;
  const { assoc, preload: below = [], ...query } = named;
  const association = assertAssociation(model, assoc, 'preload');
  return { association, query, below };
}

/** As in Ecto, a query stands for both, and two must be the same. */
function mergeSteps(before: Step, step: Step): Step {
  const { association } = step;
  const below = [...before.below, ...step.below];
  if (isWhole(step.query)) return { ...before, below };
  if (
    isWhole(before.query) ||
    stableText(before.query) === stableText(step.query)
  )
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
  if (association.kind === 'through')
    return preloadThrough(loaders, records, { ...step, association }, options);
  const found = await Promise.all(
    records.map(async (record): Promise<Loaded> => {
      const before = record.assocs[association.name];
      if (before !== undefined && !options.force) return before;
      const rows = await loaders.association(
        association,
        record.fields,
        step.query,
      );
      if (rows === null) return null;
      return isRows(rows)
        ? rows.map((row) => loadStruct(association.related, row))
        : loadStruct(association.related, rows);
    }),
  );
  const deeper =
    below.length === 0
      ? found
      : await preloadBelow(loaders, found, below, options);
  return records.map((record, i) =>
    withAssoc(record, association.name, deeper[i] ?? null),
  );
}

/** Preloads below what was found for every record at once, so that a level costs one statement. */
async function preloadBelow(
  loaders: Loaders,
  found: readonly Loaded[],
  below: readonly Preload[],
  options: PreloadOptions,
): Promise<readonly Loaded[]> {
  const flat = await preloadRecords(
    loaders,
    found.flatMap(listOf),
    below,
    options,
  );
  let next = 0;
  const take = (record: Struct): Struct => flat[next++] ?? record;
  return found.map((loaded) => {
    if (loaded === null) return null;
    return 'kind' in loaded ? take(loaded) : loaded.map(take);
  });
}

/** Loads every step of the path, the last one by the query, then gathers what lies at its end, each record once. */
async function preloadThrough(
  loaders: Loaders,
  records: readonly Struct[],
  { association, query, below }: Step & { readonly association: Through },
  options: PreloadOptions,
): Promise<readonly Struct[]> {
  const { name, path } = association;
  const [last = '', ...before] = path.toReversed();
  const nested = before.reduce<readonly Preload[]>(
    (deeper, assoc) => [{ assoc, preload: deeper }],
    [{ assoc: last, ...query, preload: below }],
  );
  const loaded = await preloadRecords(loaders, records, nested, options);
  return loaded.flatMap((record) => {
    if (record === null) return [];
    const ends = path.reduce<readonly Struct[]>(
      (level, assoc) =>
        level.flatMap((item) => listOf(item.assocs[assoc] ?? null)),
      [record],
    );
    const byKey = ends.map(
      (item) => [keyText(primaryKey(item)), item] as const,
    );
    const unique = [...new Map(byKey).values()];
    const whole = association.cardinality === 'many';
    return withAssoc(record, name, whole ? unique : (unique[0] ?? null));
  });
}

function isRows<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
