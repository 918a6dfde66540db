import {
  type ExecutionArgs,
  type FieldNode,
  getNamedType,
  getOperationAST,
  type GraphQLSchema,
  type GraphQLType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { type DocumentLimits, TooComplexError } from './document-limits.ts';
import { type Fragments, fragmentsOf } from './fragments.ts';

/**
 * Estimates how many values an operation gives: each field as often as the lists around it are long,
 * by `first` or `last`, or an assumed length. What stands in the document as an argument counts with
 * its field, since GraphQL.js reads it again under each parent.
 *
 * @throws GraphQLError QUERY_TOO_COMPLEX for an operation that gives more than it may.
 */
export function measureCost(
  { schema, document, operationName, variableValues }: ExecutionArgs,
  { maxCost }: Pick<DocumentLimits, 'maxCost'>,
): void {
  const operation = getOperationAST(document, operationName);
  if (!operation) return;
  const fragments = fragmentsOf(document);
  const state = { schema, fragments, variables: variableValues ?? {}, known: new Map() };
  const root = schema.getRootType(operation.operation);
  const cost = root ? costOf(operation.selectionSet, root, state) : 0;
  if (cost > maxCost) {
    throw new TooComplexError('values in its answer, by the length of its lists', maxCost);
  }
}

/** Items of a list that says not how many it may have. */
const ASSUMED = 20;

type State = {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Of the fragments estimated so far. */
  readonly known: Map<string, number>;
};

function costOf({ selections }: SelectionSetNode, type: GraphQLType, state: State): number {
  let cost = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      cost += costOfField(selection, type, state);
    } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
      cost += costOfFragment(selection.name.value, state);
    } else {
      const { typeCondition, selectionSet } = selection;
      const narrowed = typeCondition && state.schema.getType(typeCondition.name.value);
      cost += costOf(selectionSet, narrowed ?? type, state);
    }
  }
  return cost;
}

function costOfField(node: FieldNode, type: GraphQLType, state: State): number {
  const { name, arguments: given = [], selectionSet } = node;
  const own = given.reduce((sum, { value }) => sum + literalSize(value), 1);
  const field =
    isObjectType(type) || isInterfaceType(type) ? type.getFields()[name.value] : undefined;
  if (!field || !selectionSet) return own;
  const below = costOf(selectionSet, getNamedType(field.type), state);
  const isCut = field.args.some((arg) => arg.name === 'first');
  return own + below * (isCut ? lengthOf(given, state) : 1);
}

function costOfFragment(name: string, state: State): number {
  const { schema, fragments, known } = state;
  const cost = known.get(name);
  if (cost !== undefined) return cost;
  const fragment = fragments.get(name);
  const type = fragment && schema.getType(fragment.typeCondition.name.value);
  const found = fragment && type ? costOf(fragment.selectionSet, type, state) : 0;
  known.set(name, found);
  return found;
}

/** How many items a list has at most by its arguments. */
function lengthOf(given: NonNullable<FieldNode['arguments']>, { variables }: State): number {
  for (const { name, value } of given) {
    if (name.value !== 'first' && name.value !== 'last') continue;
    const size = value.kind === Kind.VARIABLE ? variables[value.name.value] : literalNumber(value);
    // One that is negative is refused where it is read.
    if (typeof size === 'number') return Math.max(size, 0);
  }
  return ASSUMED;
}

function literalNumber(value: ValueNode): number | null {
  return value.kind === Kind.INT ? Number(value.value) : null;
}

/** Values that a literal holds; a variable has been read already. */
function literalSize(value: ValueNode): number {
  switch (value.kind) {
    case Kind.VARIABLE:
      return 0;
    case Kind.LIST:
      return value.values.reduce((size, item) => size + literalSize(item), 1);
    case Kind.OBJECT:
      return value.fields.reduce((size, field) => size + literalSize(field.value), 1);
    default:
      return 1;
  }
}
