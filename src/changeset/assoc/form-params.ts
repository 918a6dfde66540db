import type { Association } from '../../model/model.ts';
import type { Params } from '../changeset.ts';
import { isParams } from '../cast.ts';
import { ChangesetError } from '../changeset-error.ts';

/** The names of the params that order and drop the entries of a form's list. */
export interface FormOptions {
  readonly sortParam?: string;
  readonly dropParam?: string;
}

/**
 * The association's input from params: undefined if it is absent. A to-many may come as an index
 * -> params object, as HTML forms send it: it is read in the order of the sort list, then of its
 * indexes, without the dropped ones; an index of the sort list that is missing, or already taken,
 * is a new entry. As sort_param and drop_param of Ecto.Changeset.cast_assoc/3, 3.13, by its code:
 * its text has what the sort list leaves out come first.
 */
export function readFormList(
  association: Association,
  params: Params,
  options: FormOptions,
): unknown {
  const input = params[association.name];
  const sort = readList(params, options.sortParam);
  const drop = readList(params, options.dropParam);
  const isForm = sort !== null || drop !== null;
  const list = isForm ? (input ?? {}) : input;
  if (association.cardinality === 'one' || !isParams(list)) return list;
  const rest = new Map<unknown, unknown>(indexed(list));
  const sorted = without(sort ?? [], drop ?? []).map((index) => {
    const entry = rest.get(index) ?? {};
    rest.delete(index);
    return entry;
  });
  for (const index of drop ?? []) rest.delete(index);
  return [...sorted, ...rest.values()];
}

/**
 * @throws ChangesetError for params that order or drop the entries of a list, sent for a to-one.
 */
export function assertNoFormList(
  { cardinality, name, owner }: Association,
  params: Params,
  { sortParam, dropParam }: FormOptions,
): void {
  if (cardinality === 'many') return;
  for (const [option, param] of Object.entries({ sortParam, dropParam })) {
    const sent = param === undefined ? null : (params[param] ?? null);
    if (sent === null || sent === false) continue;
    throw new ChangesetError(
      `cannot castAssoc "${name}" of ${owner.name}: ${option} is for a to-many. Send no "${param}".`,
    );
  }
}

function readList(params: Params, name: string | undefined): readonly unknown[] | null {
  const list = name === undefined ? undefined : params[name];
  return Array.isArray(list) ? list : null;
}

/** A list without items of another, each taken out once (as Elixir's `--`). */
function without(list: readonly unknown[], items: readonly unknown[]): readonly unknown[] {
  const times = new Map<unknown, number>();
  for (const item of items) times.set(item, (times.get(item) ?? 0) + 1);
  return list.filter((item) => {
    const left = times.get(item) ?? 0;
    times.set(item, left - 1);
    return left <= 0;
  });
}

/**
 * The entries of an index -> params object: numbers in their order ("10" after "2"), then other
 * keys.
 */
function indexed(list: Params): readonly (readonly [string, unknown])[] {
  const isIndex = (key: string) => /^[+-]?\d+$/.test(key);
  return Object.entries(list).toSorted(([a], [b]) => {
    if (isIndex(a) && isIndex(b)) return Number(a) - Number(b);
    if (isIndex(a) !== isIndex(b)) return isIndex(a) ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  });
}
