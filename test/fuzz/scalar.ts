import { isEnumType, type GraphQLEnumType, type GraphQLScalarType } from 'graphql';
import type { Maker } from './maker.ts';
import { typeAt } from './stock.ts';

/** A leaf that fits its type and place: an id of a stored row, a text that nobody has yet. */
export function leafValue(
  maker: Maker,
  type: GraphQLEnumType | GraphQLScalarType,
  names: string,
): unknown {
  const { random } = maker;
  if (isEnumType(type)) return enumValue(maker, type);
  switch (type.name) {
    case 'ID':
      return names.endsWith('nodeId') ? random.pick(maker.stock.nodeIds) : idAt(maker, names);
    case 'Int':
      return random.chance(0.85) ? 1 : random.below(5);
    case 'Float':
      return random.below(1_000) / 8;
    case 'Boolean':
      return random.chance(0.5);
    case 'DateTime':
      return `20${10 + random.below(30)}-01-01T0${random.below(10)}:00:00.000Z`;
    default:
      return textAt(maker, names);
  }
}

/** Any value; every second time one that is wanted, if there is one. */
function enumValue({ random, habit }: Maker, type: GraphQLEnumType): string | undefined {
  const values = type.getValues().map(({ name }) => name);
  const wanted = values.filter((name) => habit.wanted.has(`${type.name}.${name}`));
  return random.pick(wanted.length > 0 && random.chance(0.5) ? wanted : values);
}

/** The id of a stored row of the type that a place speaks of, mostly of the maker's home. */
function idAt({ random, stock, home }: Maker, names: string): string {
  const type = typeAt(names, stock);
  if (type === undefined) return '1';
  const own = random.chance(0.92);
  const family = (own ? home : random.pick(stock.families)) ?? home;
  return random.pick(family[type] ?? [])?.id ?? '1';
}

function textAt({ random, stock, home }: Maker, names: string): string {
  const type = typeAt(names, stock) ?? '';
  if (/\.(after|before)$/.test(names)) return random.pick(stock.cursors[type] ?? []) ?? 'x';
  // What a reference names is to be there.
  const field = /Ref\.(\w+)$/.exec(names)?.[1];
  const row = random.pick(home[type] ?? []);
  if (field !== undefined && row && random.chance(0.8)) return row[field] ?? 'x';
  return `${random.pick(words) ?? ''}-${random.below(1_000_000)}`;
}

const words = ['story', 'Ann', 'ecto', 'elixir', '/a', 'é', '👩‍👩‍👧‍👦', '"quoted"', "it's", '<b>'];
