import type { Model } from '../model/model.ts';
import type { Value, Values } from '../model/value.ts';
import { arrayText, columnText, sqlTypeOf } from './column-text.ts';
import type { Delegates } from './delegate.ts';
import { answered } from './errors/database-fault.ts';
import { type Columns, rawRowReader, type Row } from './row.ts';

/** A statement with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Runs a statement that gives no rows; says how many it wrote. */
export async function execute(tx: Delegates, { sql, parameters }: Statement): Promise<number> {
  return answered(await tx.$executeRawUnsafe(sql, ...parameters));
}

/** Runs a statement that gives rows, as the driver has them. */
export async function query(
  tx: Pick<Delegates, '$queryRawUnsafe'>,
  { sql, parameters }: Statement,
): Promise<readonly Row[]> {
  const rows = answered(await tx.$queryRawUnsafe(sql, ...parameters));
  return Array.isArray(rows) ? rows : [];
}

/** Runs a statement that gives rows of a model, each with its `rowColumns` of these fields. */
export async function queryRows(
  tx: Delegates,
  model: Model,
  statement: Statement,
  columns: Columns = null,
): Promise<readonly Row[]> {
  const rows = await query(tx, statement);
  return rows.map(rawRowReader(model, columns));
}

/**
 * The columns of a whole row, or of the fields `only`, by the names of their fields. A list of an enum
 * is read as text: no driver knows it.
 */
export function rowColumns({ fields }: Model, table = '', only?: readonly string[]): string {
  const columns = [...fields.values()].flatMap(({ name, column, type, isList }) => {
    if (only?.includes(name) === false) return [];
    const cast = type === 'Enum' && isList ? '::text[]' : '';
    return `${table}${quote(column)}${cast} AS ${quote(name)}`;
  });
  return columns.join(', ');
}

/** A name of the database, quoted. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text, quoted. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The table of a model, quoted; in this schema if the model names none. */
export function tableOf({ schema, table }: Model, standard?: string): string {
  const found = schema ?? standard;
  return found === undefined ? quote(table) : `${quote(found)}.${quote(table)}`;
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
 * The condition that a row has one of the keys, whose values are added to the parameters: as one of
 * them where that is possible, so that one text serves any number of keys. A key is the primary one
 * unless it names other fields.
 */
export function hasKeys(
  model: Model,
  keys: readonly Values[],
  parameters: unknown[],
  fields: readonly string[] = model.primaryKey,
): string {
  const [name = '', ...others] = fields;
  const field = others.length === 0 ? model.fields.get(name) : undefined;
  const type = field && sqlTypeOf(field);
  if (field && type) {
    const texts = keys.map((key) => columnText(field, key[field.name] ?? null));
    return `${quote(field.column)} = ANY($${parameters.push(arrayText(texts))}::${type}[])`;
  }
  const tuples = keys.map((key) =>
    tuple(fields.map((name) => parameterOf(model, name, key[name] ?? null, parameters))),
  );
  const columns = fields.map((name) => quote(columnOf(model, name)));
  return `${tuple(columns)} IN (${tuples.join(', ')})`;
}

/** The condition that a row has these values, which are added to the parameters. */
export function hasValues(model: Model, values: Values, parameters: unknown[]): readonly string[] {
  return Object.entries(values).map(([name, value]) => {
    const column = quote(columnOf(model, name));
    if (value === null) return `${column} IS NULL`;
    return `${column} = ${parameterOf(model, name, value, parameters)}`;
  });
}

function parameterOf(model: Model, name: string, value: Value, parameters: unknown[]): string {
  return `$${parameters.push(storedValue(model, name, value))}${typeOf(model, name)}`;
}

function tuple(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(', ')})`;
}

/** A value as the database has it: of an enum under its own name. */
function storedValue(model: Model, name: string, value: Value): Value {
  const stored = typeof value === 'string' ? model.fields.get(name)?.enumValues.get(value) : null;
  return stored ?? value;
}

/** Text is sent for these types: PostgreSQL needs the type. */
function typeOf(model: Model, name: string): string {
  return model.fields.get(name)?.nativeType === 'Uuid' ? '::uuid' : '';
}
