import {
  type ExecutionArgs,
  getOperationAST,
  Kind,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { type DocumentLimits, TooComplexError } from './document-limits.ts';
import { type Fragments, fragmentsOf } from './fragments.ts';

/**
 * Measures the arguments of an operation with its fragments and variables written out: one variable
 * may filter a hundred fields or fill a thousand entries, and costs as much at each of them. What
 * is read may hold less, as each where costs a statement; the arguments of a root mutation are not
 * read, they are written.
 *
 * @throws GraphQLError QUERY_TOO_COMPLEX for an operation whose arguments hold more than they may.
 */
export function measureArguments(
  { document, operationName, variableValues }: ExecutionArgs,
  { maxReadValues, maxVariableValues, maxText }: ArgumentLimits,
): void {
  const operation = getOperationAST(document, operationName);
  if (!operation) return;
  const fragments = fragmentsOf(document);
  const sizes = new Map(
    Object.entries(variableValues ?? {}).map(([name, value]) => [name, sizeOf(value)]),
  );
  const isRead = operation.operation !== 'mutation';
  const size = sizeOfSet(operation.selectionSet, isRead, { fragments, sizes, known: new Map() });
  if (size.read > maxReadValues) {
    throw new TooComplexError('values in the arguments of what it reads', maxReadValues);
  }
  if (size.values > maxVariableValues) {
    throw new TooComplexError('values in its arguments', maxVariableValues);
  }
  if (size.text > maxText) throw new TooComplexError('characters in its arguments', maxText);
}

type ArgumentLimits = Pick<DocumentLimits, 'maxReadValues' | 'maxVariableValues' | 'maxText'>;

/** What arguments hold. */
type Size = {
  /** Lists, objects and single values. */
  readonly values: number;
  /** Those of them that are arguments of what is read. */
  readonly read: number;
  /** Characters of all texts. */
  readonly text: number;
};

type State = {
  readonly fragments: Fragments;
  /** Of each variable. */
  readonly sizes: ReadonlyMap<string, Size>;
  /** Of the fragments measured so far, by name and by whether their own fields are read. */
  readonly known: Map<string, Size>;
};

const NOTHING: Size = { values: 0, read: 0, text: 0 };
const VALUE: Size = { values: 1, read: 0, text: 0 };

/** The arguments in a selection set; those of its own fields are read ones if `isRead`. */
function sizeOfSet({ selections }: SelectionSetNode, isRead: boolean, state: State): Size {
  let size = NOTHING;
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      size = sum(size, sizeOfFragment(selection.name.value, isRead, state));
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      size = sum(size, sizeOfSet(selection.selectionSet, isRead, state));
    } else {
      const { arguments: given = [], selectionSet } = selection;
      const own = given.reduce((all, { value }) => sum(all, sizeOfLiteral(value, state)), NOTHING);
      size = sum(size, isRead ? { ...own, read: own.values } : own);
      if (selectionSet) size = sum(size, sizeOfSet(selectionSet, true, state));
    }
  }
  return size;
}

function sizeOfFragment(name: string, isRead: boolean, state: State): Size {
  const key = `${name} ${isRead}`;
  const known = state.known.get(key);
  if (known) return known;
  // Until it is measured, for a cycle that leads back here.
  state.known.set(key, NOTHING);
  const fragment = state.fragments.get(name);
  const size = fragment ? sizeOfSet(fragment.selectionSet, isRead, state) : NOTHING;
  state.known.set(key, size);
  return size;
}

function sizeOfLiteral(value: ValueNode, state: State): Size {
  switch (value.kind) {
    case Kind.VARIABLE:
      return state.sizes.get(value.name.value) ?? VALUE;
    case Kind.LIST:
      return value.values.reduce((size, item) => sum(size, sizeOfLiteral(item, state)), VALUE);
    case Kind.OBJECT:
      return value.fields.reduce(
        (size, field) => sum(size, sizeOfLiteral(field.value, state)),
        VALUE,
      );
    case Kind.STRING:
      return { ...VALUE, text: value.value.length };
    default:
      return VALUE;
  }
}

function sizeOf(value: unknown): Size {
  if (typeof value === 'string') return { ...VALUE, text: value.length };
  if (typeof value !== 'object' || value === null) return VALUE;
  return Object.values(value).reduce((size: Size, item) => sum(size, sizeOf(item)), VALUE);
}

function sum(size: Size, other: Size): Size {
  return {
    values: size.values + other.values,
    read: size.read + other.read,
    text: size.text + other.text,
  };
}
