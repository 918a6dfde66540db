import {
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
} from 'graphql';
import type { Random } from '../soak/random.ts';

/** The variables of one operation. */
export type Variables = {
  /** `$v0: ID!` and so on. */
  readonly declared: string[];
  readonly values: Record<string, unknown>;
};

/**
 * The text of a value in a document. Parts of it go into variables by chance, and what is long
 * always.
 */
export function writeValue(
  random: Random,
  variables: Variables,
  type: GraphQLInputType,
  value: unknown,
  share = 0.08,
): string {
  const text = JSON.stringify(value);
  // A document takes no half of a pair of surrogates.
  const isOnlyVariable = text.length > 2_000 || text.includes('\\ud');
  if (isOnlyVariable || random.chance(share)) return declare(variables, type, value);
  return literal(random, variables, type, value);
}

function declare({ declared, values }: Variables, type: GraphQLInputType, value: unknown): string {
  const name = `v${declared.length}`;
  const shown = value === null ? getNullableType(type) : type;
  declared.push(`$${name}: ${String(shown)}`);
  values[name] = value;
  return `$${name}`;
}

function literal(
  random: Random,
  variables: Variables,
  type: GraphQLInputType | undefined,
  value: unknown,
): string {
  const write = (inner: GraphQLInputType | undefined, part: unknown, share?: number) =>
    inner
      ? writeValue(random, variables, inner, part, share)
      : literal(random, variables, undefined, part);
  if (Array.isArray(value)) {
    const list = type && getNullableType(type);
    const items: string[] = value.map((item: unknown) =>
      write(isListType(list) ? list.ofType : type, item),
    );
    return `[${items.join(', ')}]`;
  }
  const named = type && getNamedType(type);
  if (typeof value === 'object' && value !== null) {
    const fields = isInputObjectType(named) ? named.getFields() : {};
    const isOneOf = isInputObjectType(named) && named.isOneOf;
    const entries = Object.entries(value).map(([name, inner]: [string, unknown]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      // A variable of a oneOf member must not take null.
      const share = isOneOf || field?.defaultValue !== undefined ? 0 : undefined;
      return `${name}: ${write(field?.type, inner, share)}`;
    });
    return `{${entries.join(', ')}}`;
  }
  if (isEnumType(named) && typeof value === 'string' && /^[A-Z_]\w*$/i.test(value)) return value;
  return JSON.stringify(value);
}
