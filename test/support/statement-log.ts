import { open, stat } from 'node:fs/promises';

/**
 * PostgreSQL's log_line_prefix that `readStatements` takes apart: process and database of each
 * line.
 */
export const LOG_LINE_PREFIX = '[%p %d] ';

/** One statement as the server ran it. */
export type Statement = {
  /** `transaction`: BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their like. */
  readonly kind: 'read' | 'write' | 'transaction' | 'other';
  /** First word: SELECT, INSERT, UPDATE, DELETE, BEGIN… In a WITH, that of what it writes. */
  readonly verb: string;
  /** Of a write: the table. */
  readonly table?: string;
  readonly sql: string;
  /** `$1 = '7', $2 = NULL` as the server logs them; empty without. */
  readonly parameters: string;
  /** Process of the session: statements of one transaction share it. */
  readonly session: number;
};

/** A place in the log. */
export type Mark = number;

/** The end of the log now: statements that start later come after it. */
export async function markLog(file: string): Promise<Mark> {
  return (await stat(file)).size;
}

/**
 * The statements that one database ran since a mark, in the order in which they started; without
 * the settings that a pooler makes sessions and transactions begin with.
 */
export async function readStatements(
  file: string,
  database: string,
  since: Mark,
): Promise<Statement[]> {
  const statements: Statement[] = [];
  for (const entry of entriesOf(await readFrom(file, since))) {
    if (entry.database !== database) continue;
    const started = /^LOG: {2}(?:statement|execute [^:]*): ([^]*)$/.exec(entry.text);
    if (started?.[1] !== undefined && SETTINGS.test(started[1])) continue;
    if (started?.[1] !== undefined) {
      statements.push(describe(started[1], entry.session));
      continue;
    }
    const bound = /^DETAIL: {2}Parameters: ([^]*)$/i.exec(entry.text);
    const last = statements.findLastIndex((s) => s.session === entry.session);
    const statement = statements[last];
    if (bound?.[1] !== undefined && statement !== undefined) {
      statements[last] = { ...statement, parameters: bound[1] };
    }
  }
  return statements;
}

/**
 * The errors that the server reported to one database's sessions since a mark: `deadlock detected`.
 */
export async function readErrors(file: string, database: string, since: Mark): Promise<string[]> {
  return entriesOf(await readFrom(file, since)).flatMap((entry) => {
    const found = /^(?:ERROR|FATAL|PANIC): {2}([^]*)$/.exec(entry.text);
    return entry.database === database && found?.[1] ? [found[1]] : [];
  });
}

async function readFrom(file: string, start: number): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(size - start);
    await handle.read(buffer, 0, buffer.length, start);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

type Entry = {
  readonly session: number;
  readonly database: string;
  readonly text: string;
};

// Lines of a text after its first are indented by a tab, so they cannot look like the start of an
// entry.
function entriesOf(log: string): Entry[] {
  return log.split(/^(?=\[\d+ [^\]]*\] )/m).flatMap((text) => {
    const match = /^\[(\d+) ([^\]]*)\] ([^]*)$/.exec(text);
    if (match === null) return [];
    const [, session = '', database = '', rest = ''] = match;
    const unindented = rest.trimEnd().replaceAll('\n\t', '\n');
    return { session: Number(session), database, text: unindented };
  });
}

const SETTINGS = /^SET (TimeZone = 'UTC'$|TRANSACTION ISOLATION LEVEL [\w ]+; SET LOCAL )/;

const TRANSACTION =
  /^(BEGIN|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|START|SET TRANSACTION|PREPARE TRANSACTION)\b/i;
const WRITE = /\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:ONLY\s+)?(?:"?\w+"?\.)?"?(\w+)"?/i;

function describe(text: string, session: number): Statement {
  const sql = text.replace(/^(\s|--.*\n|\/\*[^]*?\*\/)+/, '');
  const verb = /^\w+/.exec(sql)?.[0].toUpperCase() ?? '';
  const common = { sql, parameters: '', session };
  if (TRANSACTION.test(sql)) return { kind: 'transaction', verb, ...common };
  const isWrite = /^(INSERT|UPDATE|DELETE|WITH)$/.test(verb);
  const write = isWrite ? WRITE.exec(withoutQuoted(sql)) : null;
  const [, words = '', table = ''] = write ?? [];
  if (write !== null) {
    const written = /^\w+/.exec(words)?.[0].toUpperCase() ?? verb;
    return { kind: 'write', verb: written, table, ...common };
  }
  const isRead = /^(SELECT|WITH|VALUES|TABLE)$/.test(verb);
  return { kind: isRead ? 'read' : 'other', verb, ...common };
}

// `FOR UPDATE` in a lock and words in a text are no writes.
function withoutQuoted(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'/g, "''").replace(/\bFOR\s+(NO\s+KEY\s+)?UPDATE\b/gi, '');
}
