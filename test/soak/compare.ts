import type { Operation } from '../support/mutation.ts';
import { type Columns, type JournalRow, rowName } from './journal.ts';
import type { Sent } from './writer.ts';

/** What is held against each other. */
export type Evidence = {
  /** The rows before the first request, and after the last. */
  readonly before: ReadonlyMap<string, Columns>;
  readonly after: ReadonlyMap<string, Columns>;
  readonly journal: readonly JournalRow[];
  readonly sent: readonly Sent[];
};

/**
 * Every way in which what is stored is not what was acknowledged; and what is known of the requests
 * without an answer.
 */
export type Comparison = {
  readonly differences: readonly string[];
  readonly unknownKept: number;
};

/**
 * Finds the transaction of every acknowledged write, explains every other transaction by a request
 * whose outcome is unknown, and holds the rows against what the acknowledged requests say of them.
 */
export function compare(evidence: Evidence): Comparison {
  const transactions = groupByTransaction(evidence.journal);
  const found = findTransactions(evidence.sent, transactions);
  const rest = explainRest(evidence.sent, transactions, found.answers);
  const rows = compareRows(evidence, found.answers);
  return {
    differences: [...found.missing, ...rest.unexplained, ...rows],
    unknownKept: rest.explained,
  };
}

type Transactions = ReadonlyMap<string, readonly JournalRow[]>;

/** The operations that were acknowledged for each transaction. */
type Answers = ReadonlyMap<string, readonly Operation[]>;

function groupByTransaction(journal: readonly JournalRow[]): Transactions {
  const groups = new Map<string, JournalRow[]>();
  for (const row of journal) {
    const group = groups.get(row.transaction);
    if (group) group.push(row);
    else groups.set(row.transaction, [row]);
  }
  return groups;
}

function findTransactions(sent: readonly Sent[], transactions: Transactions) {
  const open = new Map<string, string[]>();
  for (const [transaction, rows] of transactions) {
    const text = textOf(rows.map(describeRow));
    open.set(text, [...(open.get(text) ?? []), transaction]);
  }
  const answers = new Map<string, readonly Operation[]>();
  const missing: string[] = [];
  for (const { ending, mark, mutation } of sent) {
    if (ending.kind !== 'answered') continue;
    const operations = (ending.result.changeset?.operations ?? []).filter(
      ({ action }) => action !== 'UNCHANGED',
    );
    if (operations.length === 0) continue;
    const text = textOf(operations.map(describeOperation));
    const transaction = open.get(text)?.shift();
    if (transaction) answers.set(transaction, operations);
    else {
      missing.push(`acknowledged, not written: ${mutation.name} ${mark}
${text}`);
    }
  }
  return { answers, missing };
}

/**
 * The transactions of no acknowledged request must be those of requests without an answer, one of
 * each at most.
 */
function explainRest(sent: readonly Sent[], transactions: Transactions, answers: Answers) {
  const unknown = new Set(sent.filter(({ ending }) => ending.kind === 'unknown'));
  const unexplained: string[] = [];
  let explained = 0;
  for (const [transaction, rows] of transactions) {
    if (answers.has(transaction)) continue;
    const text = textOf(rows.map(describeRow));
    const author = [...unknown].find((request) => isAuthorOf(request, text));
    if (author) {
      unknown.delete(author);
      explained += 1;
    } else {
      const senders = sent.filter((request) => isAuthorOf(request, text)).map(describeSent);
      unexplained.push(['written, not acknowledged or twice:', text, ...senders].join('\n'));
    }
  }
  return { explained, unexplained };
}

function describeSent({ mark, mutation, key, replies }: Sent): string {
  return `by ${mutation.name} ${mark} with${key === null ? 'out' : ''} a key: ${replies.join(', ')}`;
}

function isAuthorOf({ mark, mutation: { name, args } }: Sent, text: string) {
  if (text.includes(mark)) return true;
  const deleted = /^delete(\w+)$/.exec(name)?.[1];
  return text.split('\n').includes(`DELETE ${deleted} ${String(args['id'])} {}`);
}

/**
 * Follows every row from its first state, by what was acknowledged of it, and compares the last one
 * with the table.
 */
function compareRows({ before, after, journal }: Evidence, answers: Answers): readonly string[] {
  const rows = new Map(before);
  for (const written of journal) {
    const { table, from, to } = written;
    const name = rowName(table, to ?? from ?? {});
    if (to === null) {
      rows.delete(name);
      continue;
    }
    const said = answers.get(written.transaction)?.find((operation) => isAbout(operation, written));
    // A link has no columns but its key; what nobody acknowledged is taken as it was written.
    const values = said ? columnsOf(said) : ownColumns(to);
    const version = Number(rows.get(name)?.['lock_version'] ?? 0) + 1;
    rows.set(name, {
      ...rows.get(name),
      ...keyOf(table, to),
      ...values,
      ...('lock_version' in to ? { lock_version: version } : {}),
    });
  }
  const names = new Set([...rows.keys(), ...after.keys()]);
  return [...names].flatMap((name) => {
    const [expected, stored] = [rows.get(name), after.get(name)].map((row) => row && show(row));
    return expected === stored
      ? []
      : [`${name} is ${stored ?? 'not there'}, not ${expected ?? 'gone'}`];
  });
}

const types: Readonly<Record<string, string>> = {
  authors: 'Author',
  posts: 'Post',
  comments: 'Comment',
  tags: 'Tag',
  permalinks: 'Permalink',
};

function isAbout({ action, type, recordId }: Operation, row: JournalRow): boolean {
  const writes = row.from === null ? 'INSERT' : 'UPDATE';
  return action === writes && type === types[row.table] && recordId === String(row.to?.['id']);
}

/** An operation as text, the same for what the API says and what the journal says. */
function describeOperation(operation: Operation): string {
  const { action, type, recordId, changes } = operation;
  const shown = action === 'INSERT' || action === 'UPDATE' ? changes : [];
  const values = Object.fromEntries(shown.map(({ field, to }) => [columnOf(field), to]));
  return `${action} ${type} ${recordId} ${show(values)}`;
}

function describeRow({ table, from, to }: JournalRow): string {
  if (table === 'posts_tags') {
    const tag = String((to ?? from)?.['tag_id']);
    return `${to ? 'LINK' : 'UNLINK'} Tag ${tag} {}`;
  }
  const id = String((to ?? from)?.['id']);
  const action = from === null ? 'INSERT' : to === null ? 'DELETE' : 'UPDATE';
  const values = to === null ? {} : changed(from, ownColumns(to));
  return `${action} ${types[table]} ${id} ${show(values)}`;
}

function changed(from: Columns | null, to: Columns): Columns {
  return Object.fromEntries(
    Object.entries(to).filter(([name, value]) =>
      from === null ? value !== null : value !== from[name],
    ),
  );
}

/** What the API shows of a row beside its id. */
function ownColumns(row: Columns): Columns {
  const hidden = ['id', 'lock_version', 'inserted_at', 'updated_at'];
  return Object.fromEntries(Object.entries(row).filter(([name]) => !hidden.includes(name)));
}

function columnsOf({ changes }: Operation): Columns {
  return Object.fromEntries(
    changes.map(({ field, to }) => [
      columnOf(field),
      field.endsWith('Id') && to !== null ? Number(to) : to,
    ]),
  );
}

function keyOf(table: string, row: Columns): Columns {
  return table === 'posts_tags' ? row : { id: row['id'] };
}

function columnOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Values as text, in the order of their names; an id is the same as a number and as text; null is
 * nothing.
 */
function show(row: Columns): string {
  const entries = Object.entries(row)
    .filter(([name, value]) => value !== null && !name.endsWith('_at'))
    .map(([name, value]) => [name, String(value)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}

function textOf(lines: readonly string[]): string {
  return lines.toSorted().join('\n');
}
