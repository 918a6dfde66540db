/** A stored row that requests may name: its id, and what else names it. */
export type StockRow = Readonly<Record<string, string>> & { readonly id: string };

/** Rows that belong together, by the name of their type. */
export type Family = Readonly<Record<string, readonly StockRow[]>>;

/** What of the stored rows the requests may name. */
export type Stock = {
  /** No row is in two of them. */
  readonly families: readonly Family[];
  /** Cursors by the type of what they stand at, in the order that a list has by itself. */
  readonly cursors: Readonly<Record<string, readonly string[]>>;
  /** Ids that are unique over all types. */
  readonly nodeIds: readonly string[];
};

/** What the requests of one sender are like. */
export type Habit = {
  /** The share of the operations that write. */
  readonly writes: number;
  /** The rows that they are mostly about. */
  readonly families: readonly Family[];
  /** The coordinates that every third mutation is to name one of. */
  readonly wanted: ReadonlySet<string>;
};

/** The type that a place speaks of: the one whose name comes last in the names that lead there. */
export function typeAt(names: string, { families }: Stock): string | undefined {
  const text = names.toLowerCase();
  return Object.keys(families[0] ?? {})
    .map((type) => ({ type, at: text.lastIndexOf(type.toLowerCase()) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => b.at - a.at)[0]?.type;
}
