import {
  type ExecutionArgs,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { type DocumentLimits, tooComplex } from './document-limits.ts';

/**
 * Counts the values in the arguments of what an operation reads, with its fragments and variables
 * written out: one variable may filter a hundred fields, and costs as much at each of them. The
 * arguments of a root mutation are not read, they are written.
 *
 * @throws GraphQLError QUERY_TOO_COMPLEX for an operation with more values than it may have.
 */
export function measureReads(
  { document, operationName, variableValues }: ExecutionArgs,
  { maxReadValues }: Pick<DocumentLimits, 'maxReadValues'>,
): void {
  const operation = getOperationAST(document, operationName);
  if (!operation) return;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    fragments.set(definition.name.value, definition);
  }
  const sizes = new Map(
    Object.entries(variableValues ?? {}).map(([name, value]) => [name, sizeOf(value)]),
  );
  const isRead = operation.operation !== 'mutation';
  const size = sizeOfSet(operation.selectionSet, isRead, { fragments, sizes, known: new Map() });
  if (size > maxReadValues) {
    throw tooComplex('values in the arguments of what it reads', maxReadValues);
  }
}

type State = {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Values in each variable. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Values in the fragments counted so far, by name and by whether their own fields count. */
  readonly known: Map<string, number>;
};

/** Values in the arguments below a selection set, and if `isRead` in those of its own fields. */
function sizeOfSet({ selections }: SelectionSetNode, isRead: boolean, state: State): number {
  let size = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      size += sizeOfFragment(selection.name.value, isRead, state);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      size += sizeOfSet(selection.selectionSet, isRead, state);
    } else {
      const { arguments: given = [], selectionSet } = selection;
      if (isRead) for (const { value } of given) size += sizeOfLiteral(value, state);
      if (selectionSet) size += sizeOfSet(selectionSet, true, state);
    }
  }
  return size;
}

function sizeOfFragment(name: string, isRead: boolean, state: State): number {
  const key = `${name} ${isRead}`;
  const known = state.known.get(key);
  if (known !== undefined) return known;
  // Until it is counted, for a cycle that leads back here.
  state.known.set(key, 0);
  const fragment = state.fragments.get(name);
  const size = fragment ? sizeOfSet(fragment.selectionSet, isRead, state) : 0;
  state.known.set(key, size);
  return size;
}

function sizeOfLiteral(value: ValueNode, state: State): number {
  switch (value.kind) {
    case Kind.VARIABLE:
      return state.sizes.get(value.name.value) ?? 1;
    case Kind.LIST:
      return value.values.reduce((size, item) => size + sizeOfLiteral(item, state), 1);
    case Kind.OBJECT:
      return value.fields.reduce((size, field) => size + sizeOfLiteral(field.value, state), 1);
    default:
      return 1;
  }
}

function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((size: number, item) => size + sizeOf(item), 1);
}
