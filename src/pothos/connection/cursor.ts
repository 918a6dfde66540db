import type { Model, Order } from '../../model/model.ts';
import { castValue } from '../../model/types/cast-value.ts';
import type { Value } from '../../model/value.ts';
import type { Position } from '../../repo/read/keyset.ts';
import type { Row } from '../../repo/row.ts';
import { type ArgumentPath, badUserInput } from '../bad-user-input.ts';
import { readOpaque, writeOpaque } from '../opaque-text.ts';

/**
 * A text for a row's place in an ordered list: it stays where it is when rows are added or removed,
 * its own too.
 */
export function writeCursor(model: Model, order: readonly Order[], row: Row): string {
  const values = order.map(({ field }) => toText(row[field] ?? null));
  return writeOpaque([signature(model, order), ...values]);
}

/**
 * The position that a cursor of the same order names.
 * @throws GraphQLError BAD_USER_INPUT for what is no cursor, or one of another list or order.
 */
export function readCursor(
  model: Model,
  order: readonly Order[],
  { cursor, path, maxCursor }: SentCursor,
): Position {
  if (cursor.length > maxCursor) {
    throw badUserInput(
      path,
      `has ${cursor.length} characters, at most ${maxCursor} are taken: order by shorter columns`,
    );
  }
  const parts = readOpaque(cursor);
  if (parts === null) throw badUserInput(path, 'is no cursor of this service');
  const [signed, ...values] = parts;
  if (signed !== signature(model, order)) {
    throw badUserInput(path, 'is a cursor of another list or order');
  }
  const position = order.map(({ field: name }, i) => {
    const field = model.fields.get(name);
    const cast = field && castValue(field, values[i]);
    if (!cast?.ok || (cast.value === null && !field?.isNullable)) {
      throw badUserInput(path, 'is no cursor of this service');
    }
    return cast.value;
  });
  return position;
}

/** A cursor, where it was sent, and how many characters it may have. */
interface SentCursor {
  readonly cursor: string;
  readonly path: ArgumentPath;
  readonly maxCursor: number;
}

function signature({ name }: Model, order: readonly Order[]): string {
  const columns = order.map(({ field, direction }) => `${field} ${direction}`);
  return `${name}: ${columns.join(', ')}`;
}

function toText(value: Value): Value {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'bigint' ? String(value) : value;
}
