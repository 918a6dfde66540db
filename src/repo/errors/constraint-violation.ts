import type { ConstraintKind } from '../../changeset/constraint/declared.ts';

/**
 * The constraint that the database refused a write for. `table` is its table, if reported.
 */
export interface ConstraintViolation {
  readonly kind: ConstraintKind;
  readonly name: string;
  readonly table: string | null;
  /** Of a foreign key: the row is still referred to (a delete), not that it refers to nothing. */
  readonly referenced: boolean;
  /** The columns and values that are refused, as the database writes them, if it says them. */
  readonly key: { readonly columns: readonly string[]; readonly values: string } | null;
}

const kinds: ReadonlyMap<string, ConstraintKind> = new Map([
  ['23505', 'unique'],
  ['23503', 'foreignKey'],
  // ON DELETE RESTRICT, since PostgreSQL 18.
  ['23001', 'foreignKey'],
  ['23514', 'check'],
  ['23P01', 'exclusion'],
]);

/** The constraint that a Prisma error is about, or null for every other error. */
export function readViolation(error: unknown): ConstraintViolation | null {
  const cause = driverCause(error);
  const kind = kinds.get(textAt(cause, 'originalCode') ?? '');
  if (kind === undefined) return null;
  const message = textAt(cause, 'originalMessage') ?? '';
  const name =
    textAt(valueAt(cause, 'constraint'), 'index') ?? /constraint "([^"]+)"/.exec(message)?.[1];
  if (name === undefined) return null;
  return {
    kind,
    name,
    table: textAt(cause, 'table') ?? null,
    referenced: message.startsWith('update or delete on'),
    key: readKey(textAt(cause, 'detail') ?? ''),
  };
}

/** A detail is in the server's language; what it says of the key is not. */
function readKey(detail: string): ConstraintViolation['key'] {
  const [, columns, values] = /\((.*?)\)=\((.*)\)/s.exec(detail) ?? [];
  if (columns === undefined || values === undefined) return null;
  return { columns: columns.split(', ').map(unquoted), values };
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** Whether an error says that a row which a write names is not there. */
export function isMissingRow(error: unknown): boolean {
  const code = textAt(error, 'code');
  return code === 'P2025' || code === 'P2017' || code === 'P2018' || code === 'P2015';
}

/**
 * Whether an error says that a text takes more bytes than an index holds: few characters can be
 * made of very many.
 */
export function isTooLargeToIndex(error: unknown): boolean {
  return sqlState(error) === '54000';
}

/** The SQLSTATE of the database's own error, if there is one. */
export function sqlState(error: unknown): string | null {
  return textAt(driverCause(error), 'originalCode') ?? null;
}

/** What the adapter says of an error, its own or as Prisma's client gives it; undefined if nothing. */
export function driverCause(error: unknown): unknown {
  return valueAt(valueAt(valueAt(error, 'meta'), 'driverAdapterError') ?? error, 'cause');
}

/** A property of something that may be an object. */
export function valueAt(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Reflect.get(value, key);
}

/** A property that is text. */
export function textAt(value: unknown, key: string): string | undefined {
  const found = valueAt(value, key);
  return typeof found === 'string' ? found : undefined;
}
