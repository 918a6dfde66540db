import { assertAssociation } from '../../changeset/assert.ts';
import { ChangesetError } from '../../changeset/changeset-error.ts';
import { byRecordKey } from '../../model/key.ts';
import type { DirectAssociation, Through } from '../../model/model.ts';
import type { Loaded, Struct } from '../../model/struct.ts';
import { listOf, loadStruct, oneOrMany, withAssoc } from '../../model/struct.ts';
import type { Loaders } from './loaders.ts';
import { stableText } from '../stable-text.ts';

/**
 * Which of the associated rows are read: a condition and an order in Prisma's words, and how many.
 */
export interface PreloadQuery {
  readonly where?: object;
  readonly orderBy?: readonly object[];
  /** Rows at most, over all the records together; those of the lowest key come first. */
  readonly limit?: number;
  /** What is preloaded of the rows that the query reads; not of those that are loaded already. */
  readonly preload?: readonly Preload[];
}

/** What to preload: an association by name, or by a query, and what to preload below it. */
export type Preload =
  | string
  | {
      readonly assoc: string;
      readonly query?: PreloadQuery;
      readonly preload?: readonly Preload[];
    };

/** How to preload. */
export interface PreloadOptions {
  /** Loads again what is loaded already. Default false. */
  readonly force?: boolean;
  /**
   * Reads the associations of a level at once, else one after the other. Default true, but false in
   * a transaction.
   */
  readonly inParallel?: boolean;
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
  const load = (step: Step) => loadStep(loaders, present, step, options);
  const found = await (options.inParallel ? Promise.all(steps.map(load)) : inOrder(steps, load));
  let loaded = present.map((record, i) =>
    steps.reduce(
      (done, { association }, step) => withAssoc(done, association.name, found[step]?.[i] ?? null),
      record,
    ),
  );
  for (const through of throughs) loaded = loaded.map((record) => gatherThrough(record, through));
  let next = 0;
  return records.map((record) => (record === null ? null : (loaded[next++] ?? record)));
}

interface Step {
  readonly association: DirectAssociation;
  readonly query: PreloadQuery | null;
  readonly below: readonly Preload[];
}

/**
 * One step for each association; what is asked below one that is named twice is put together. A
 * through asks for its path, the last of it by its query; it is gathered once everything is loaded.
 */
function mergePreloads({ model }: Struct, preloads: readonly Preload[]) {
  const steps = new Map<string, Step>();
  const throughs = new Set<Through>();
  for (const preload of preloads) {
    const named = typeof preload === 'string' ? { assoc: preload } : preload;
    let { assoc, query = null, preload: below = [] } = named;
    let association = assertAssociation(model, assoc, 'preload');
    while (association.kind === 'through') {
      throughs.add(association);
      const [first = '', ...rest] = association.path;
      below = nestPath(rest, query, below);
      query = null;
      association = assertAssociation(model, first, 'preload');
    }
    const step: Step = { association, query, below };
    const before = steps.get(association.name);
    steps.set(association.name, before ? mergeSteps(before, step) : step);
  }
  return { steps: [...steps.values()], throughs: [...throughs].toReversed() };
}

/**
 * A preload of the associations named one below the other; the last by the query, with what is
 * below it.
 */
function nestPath(
  path: readonly string[],
  query: PreloadQuery | null,
  below: readonly Preload[],
): readonly Preload[] {
  const [last = '', ...before] = path.toReversed();
  return before.reduce<readonly Preload[]>(
    (deeper, assoc) => [{ assoc, preload: deeper }],
    [{ assoc: last, ...(query && { query }), preload: below }],
  );
}

/** As in Ecto, a query stands for both, and two must be the same. */
function mergeSteps(before: Step, step: Step): Step {
  const { association } = step;
  const below = [...before.below, ...step.below];
  if (step.query === null) return { ...before, below };
  if (before.query === null || stableText(before.query) === stableText(step.query))
    return { ...step, below };
  throw new ChangesetError(
    `cannot preload "${association.name}" of ${association.owner.name} with two different queries: ask for it once.`,
  );
}

async function inOrder<Item, Result>(
  items: readonly Item[],
  run: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await run(item));
  return results;
}

/**
 * What the association of a step holds for each record: what is loaded, or what its query reads,
 * with what is below.
 */
async function loadStep(
  loaders: Loaders,
  records: readonly Struct[],
  { association, query, below }: Step,
  options: PreloadOptions,
): Promise<readonly Loaded[]> {
  const held = records.map(({ assocs }) => (options.force ? undefined : assocs[association.name]));
  const owners = records.filter((_, i) => held[i] === undefined);
  const read = await readAssociation(loaders, association, owners, query ?? {});
  const fresh = await preloadBelow(loaders, read, query?.preload ?? [], options);
  let next = 0;
  const found = held.map((loaded) => (loaded === undefined ? (fresh[next++] ?? null) : loaded));
  return preloadBelow(loaders, found, below, options);
}

async function readAssociation(
  loaders: Loaders,
  association: DirectAssociation,
  owners: readonly Struct[],
  { where, orderBy, limit }: PreloadQuery,
): Promise<readonly Loaded[]> {
  const args = { where, orderBy };
  const rows = owners.map((owner) => owner.fields);
  const found =
    limit === undefined
      ? await Promise.all(rows.map((row) => loaders.association(association, row, args)))
      : await loaders.limited(association, rows, limit, args);
  return found.map((read) => {
    const structs = listOf(read).map((row) => loadStruct(association.related, row));
    return oneOrMany(association, structs);
  });
}

/** Preloads below what was found for every record at once, so that a level costs one statement. */
async function preloadBelow(
  loaders: Loaders,
  found: readonly Loaded[],
  below: readonly Preload[],
  options: PreloadOptions,
): Promise<readonly Loaded[]> {
  if (below.length === 0) return found;
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
  const unique = [...byRecordKey(ends).values()];
  return withAssoc(record, through.name, oneOrMany(through, unique));
}
