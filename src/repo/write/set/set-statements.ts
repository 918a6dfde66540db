import type { Field } from '../../../model/model.ts';
import { columnOf, quote, rowColumns, type Statement, tableOf } from '../../sql.ts';
import { arrayText, columnText, sqlTypeOf } from '../../column-text.ts';
import type { RowSet } from './row-sets.ts';

/**
 * The statements of a set of rows: one, or several if the rows are very long. Each column is one
 * parameter, so that one text serves any number of rows. Each gives the fields `returns` of its rows
 * back, an INSERT in the order of the rows.
 */
export function setStatements(set: RowSet, returns: readonly string[]): readonly Statement[] {
  const columns = columnsOf(set);
  const head = sqlOf(set, columns);
  const returning = ` RETURNING ${rowColumns(set.model, 't.', returns)}`;
  const sql = returns.length > 0 ? `${head}${returning}` : head;
  return chunksOf(columns.map(({ texts }) => texts)).map((chunk) => ({
    sql,
    parameters: chunk.map(arrayText),
  }));
}

/** A column of the rows of a set. */
interface Column {
  readonly name: string;
  readonly field: Field;
  readonly kind: 'key' | 'value' | 'flag';
  readonly texts: readonly (string | null)[];
}

/** The keys, the values, and for each column that not every row sets, which rows do. */
function columnsOf({ model, rows }: RowSet): readonly Column[] {
  const columnsFor = (part: 'key' | 'values', kind: Column['kind']): readonly Column[] => {
    const names = new Set(rows.flatMap((row) => Object.keys(row[part])));
    return [...names].flatMap((name) => {
      const field = model.fields.get(name);
      if (!field) return [];
      const column = { name, field };
      const texts = rows.map((row) => columnText(field, row[part][name] ?? null));
      const flags = rows.map((row) => (name in row[part] ? 't' : 'f'));
      const isFlagged = flags.includes('f');
      return [
        { ...column, kind, texts },
        ...(isFlagged ? [{ ...column, kind: 'flag' as const, texts: flags }] : []),
      ];
    });
  };
  return [...columnsFor('key', 'key'), ...columnsFor('values', 'value')];
}

function sqlOf({ action, model, raises }: RowSet, columns: readonly Column[]): string {
  const table = `${tableOf(model)} AS t`;
  const sent = columns.map((_column, i) => `$${i + 1}::text[]`);
  const source = `unnest(${sent.join(', ')})`;
  const names = columns.map((_column, i) => `c${i}`);
  const valueOf = (column: Column) => {
    const name = `v.c${columns.indexOf(column)}`;
    return column.kind === 'flag' ? `${name}::boolean` : `${name}::${sqlTypeOf(column.field)}`;
  };
  const ofKind = (kind: Column['kind']) => columns.filter((column) => column.kind === kind);
  const storedOf = ({ field }: Column) => `t.${quote(field.column)}`;
  // The second says the same again, so that rows are found by an index whatever a join is thought to cost.
  const isFound = ofKind('key').flatMap((column) => {
    const values = `$${columns.indexOf(column) + 1}::text[]::${sqlTypeOf(column.field)}[]`;
    return [`${storedOf(column)} = ${valueOf(column)}`, `${storedOf(column)} = ANY(${values})`];
  });
  switch (action) {
    case 'insert': {
      const into = ofKind('value').map(({ field }) => quote(field.column));
      const values = ofKind('value').map(valueOf);
      return (
        `INSERT INTO ${table} (${into.join(', ')}) SELECT ${values.join(', ')}` +
        ` FROM ${source} WITH ORDINALITY AS v(${names.join(', ')}, nth) ORDER BY v.nth`
      );
    }
    case 'delete':
      return `DELETE FROM ${table} USING ${source} AS v(${names.join(', ')}) WHERE ${isFound.join(' AND ')}`;
    case 'update': {
      const assignments = ofKind('value').map((column) => {
        const flag = ofKind('flag').find(({ name }) => name === column.name);
        const otherwise = column.name === raises ? `${storedOf(column)} + 1` : storedOf(column);
        const value = flag
          ? `CASE WHEN ${valueOf(flag)} THEN ${valueOf(column)} ELSE ${otherwise} END`
          : valueOf(column);
        return `${quote(column.field.column)} = ${value}`;
      });
      if (raises !== null && !columns.some(({ name }) => name === raises)) {
        const version = quote(columnOf(model, raises));
        assignments.push(`${version} = t.${version} + 1`);
      }
      return (
        `UPDATE ${table} SET ${assignments.join(', ')}` +
        ` FROM ${source} AS v(${names.join(', ')}) WHERE ${isFound.join(' AND ')}`
      );
    }
    default:
      return action satisfies never;
  }
}

// A statement of many more bytes holds up others, and the memory of the server.
const MOST_BYTES = 1_000_000;

type Texts = readonly (string | null)[];

/** The rows, given by column, in parts of not too many bytes each. */
function chunksOf(columns: readonly Texts[]): readonly (readonly Texts[])[] {
  const count = columns[0]?.length ?? 0;
  const starts = [0];
  let bytes = 0;
  for (let row = 0; row < count; row += 1) {
    const size = columns.reduce((sum, texts) => sum + (texts[row]?.length ?? 0), 0);
    if (bytes > 0 && bytes + size > MOST_BYTES) {
      starts.push(row);
      bytes = 0;
    }
    bytes += size;
  }
  if (starts.length === 1) return [columns];
  return starts.map((start, i) => columns.map((texts) => texts.slice(start, starts[i + 1])));
}
