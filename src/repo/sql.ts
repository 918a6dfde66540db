import type { Model } from '../model/model.ts';
import type { Value, Values } from '../model/value.ts';
import type { Delegates } from './delegate.ts';
import { type Row, toRow } from './row.ts';

/** A statement with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Runs a statement that gives no rows; says how many it wrote. */
export async function execute(tx: Delegates, { sql, parameters }: Statement): Promise<number> {
  return tx.$executeRawUnsafe(sql, ...parameters);
}

/** Runs a statement that gives rows of a model, each with its `rowColumns`. */
export async function queryRows(
  tx: Delegates,
  model: Model,
  { sql, parameters }: Statement,
): Promise<readonly Row[]> {
  const rows = await tx.$queryRawUnsafe(sql, ...parameters);
  const found: readonly Row[] = Array.isArray(rows) ? rows : [];
  return found.map((row) => toRow(model, row));
}

/** The columns of a whole row, by the names of their fields. */
export function rowColumns({ fields }: Model, table = ''): string {
  return [...fields.values()]
    .map(({ column, name }) => `${table}${quote(column)} AS ${quote(name)}`)
    .join(', ');
}

/** A name of the database, quoted. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text, quoted. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The columns of the primary key, quoted. */
export function keyColumns(model: Model): readonly string[] {
  return model.primaryKey.map((name) => quote(columnOf(model, name)));
}

/** The column of a field. */
export function columnOf(model: Model, name: string): string {
  return model.fields.get(name)?.column ?? name;
}

/**
 * The condition that a row has one of the primary keys, whose values are added to the parameters.
 */
export function hasKeys(model: Model, keys: readonly Values[], parameters: unknown[]): string {
  const tuples = keys.map((key) => {
    const parts = model.primaryKey.map((name) => {
      const value: Value = key[name] ?? null;
      return `$${parameters.push(value)}${typeOf(model, name)}`;
    });
    return tuple(parts);
  });
  return `${tuple(keyColumns(model))} IN (${tuples.join(', ')})`;
}

function tuple(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(', ')})`;
}

/** Text is sent for these types: PostgreSQL needs the type. */
function typeOf(model: Model, name: string): string {
  return model.fields.get(name)?.nativeType === 'Uuid' ? '::uuid' : '';
}
