import type { Path } from '../../changeset/issue.ts';

/** The rows that one request may take, all its reads together. */
export interface RowBudget {
  /**
   * Reads rows of `subject` and takes them from what is left. A read begins where as many rows are
   * left as it can bring; else it waits for the reads under way, and then is refused, or given all
   * that is left if it can heed that.
   * @throws TooManyRowsError
   */
  read<Result>(subject: string, bound: ReadBound, read: BoundedRead<Result>): Promise<Result>;
  /**
   * Takes rows that are handed out once more. What is asked in one turn is handed out together or not
   * at all: nothing is done with a part of a level that is too large.
   * @throws TooManyRowsError
   */
  handOut(subject: string, count: number): Promise<void>;
}

/** How many rows a read can bring. */
export interface ReadBound {
  /** Infinity where nothing bounds it. */
  readonly most: number;
  /** Whether it asks the database for one row more than its limit at most. */
  readonly heedsLimit: boolean;
}

/** Reads `limit` rows, or so many more that it shows: `rows` is how many have come. */
export type BoundedRead<Result> = (
  limit: number,
) => Promise<{ readonly result: Result; readonly rows: number }>;

/** A request takes more rows than it may; thrown before they are read. */
export class TooManyRowsError extends Error {
  override readonly name = 'TooManyRowsError';
  /** What was read: a model, or an association as `Post.comments`. */
  readonly subject: string;
  readonly limit: number;
  /** Where in a write the rows are needed; null for a read. */
  readonly path: Path | null;

  constructor(subject: string, limit: number, path: Path | null = null) {
    super(
      `With ${subject} the request takes more than ${limit} rows: ask for fewer at a time, page by page.`,
    );
    this.subject = subject;
    this.limit = limit;
    this.path = path;
  }
}

/** What is read for a place of a write: the error of too many rows names the innermost place. */
export async function neededAt<Result>(path: Path, read: Promise<Result>): Promise<Result> {
  try {
    return await read;
  } catch (error) {
    if (!(error instanceof TooManyRowsError) || error.path) throw error;
    throw new TooManyRowsError(error.subject, error.limit, path);
  }
}

/** Rows of one request at most, unless it is set otherwise. */
export const standardMaxRows = 20_000;

/** Makes the budget of one request; once it is exceeded, nothing more is read. */
export function makeRowBudget(limit: number): RowBudget {
  if (limit === Number.POSITIVE_INFINITY) return unlimitedRows;
  let left = limit;
  let reserved = 0;
  let refusal: TooManyRowsError | null = null;
  let waiting: (() => void)[] = [];
  let turn: { count: number; readonly end: Promise<void> } | null = null;

  const refuse = (subject: string) => {
    refusal ??= new TooManyRowsError(subject, limit);
    throw refusal;
  };
  const take = (subject: string, count: number) => {
    if (refusal || count > left) refuse(subject);
    left -= count;
  };
  const release = (share: number) => {
    reserved -= share;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };

  return {
    async read(subject, { most, heedsLimit }, read) {
      take(subject, 0);
      while (most > left - reserved && reserved > 0) {
        await new Promise<void>((wake) => waiting.push(wake));
        take(subject, 0);
      }
      if (most > left && !heedsLimit) refuse(subject);
      const share = Math.min(most, left);
      reserved += share;
      try {
        const { result, rows } = await read(share);
        take(subject, rows);
        return result;
      } finally {
        release(share);
      }
    },

    handOut(subject, count) {
      turn ??= {
        count: 0,
        end: endOfTurn().then(() => {
          const { count: all = 0 } = turn ?? {};
          turn = null;
          take(subject, all);
        }),
      };
      turn.count += count;
      return turn.end;
    },
  };
}

const unlimitedRows: RowBudget = {
  async read(_subject, _bound, read) {
    return (await read(Number.POSITIVE_INFINITY)).result;
  },
  async handOut() {},
};

/** After all that follows from promises now, as DataLoader gathers its keys. */
function endOfTurn(): Promise<void> {
  return Promise.resolve().then(() => new Promise((resolve) => process.nextTick(resolve)));
}
