import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';
import { type DocumentLimits, TooComplexError } from './document-limits.ts';
import { type Fragments, fragmentsOf } from './fragments.ts';

/**
 * Measures every operation and fragment of a document as if its fragments were written out; each
 * fragment is measured once, however often it is spread. A cycle of fragments counts as nothing
 * here: validation refuses it.
 *
 * @throws GraphQLError QUERY_TOO_COMPLEX for a document that holds more than it may.
 */
export function measureDocument(document: DocumentNode, limits: DocumentLimits): void {
  const fragments = fragmentsOf(document);
  const state = { fragments, sizes: new Map(), most: limits.maxNesting };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      assertWithin(fragmentSize(definition.name.value, 1, state), limits);
    } else if (definition.kind === Kind.OPERATION_DEFINITION) {
      const size = sizeOf(definition.selectionSet, 1, state);
      assertWithin(size, limits);
      if (size.roots > limits.maxRootFields) {
        throw new TooComplexError('root fields', limits.maxRootFields);
      }
    }
  }
}

/**
 * What a selection set holds with its fragments written out; numbers beyond all bounds are
 * Infinity.
 */
type Size = {
  /** Fields of its own level. */
  readonly roots: number;
  readonly fields: number;
  readonly aliases: number;
  /** Fields below each other. */
  readonly depth: number;
  /** Selection sets within each other, those of fragments among them. */
  readonly nesting: number;
};

type State = {
  readonly fragments: Fragments;
  /** Of the fragments measured so far. */
  readonly sizes: Map<string, Size>;
  /** How many selection sets may be within each other. */
  readonly most: number;
};

const NOTHING: Size = { roots: 0, fields: 0, aliases: 0, depth: 0, nesting: 0 };

function sizeOf(set: SelectionSetNode, level: number, state: State): Size {
  if (level > state.most) throw tooNested(state.most);
  let size = { ...NOTHING, nesting: 1 };
  for (const selection of set.selections) {
    if (selection.kind !== Kind.FIELD) {
      const part =
        selection.kind === Kind.INLINE_FRAGMENT
          ? sizeOf(selection.selectionSet, level + 1, state)
          : fragmentSize(selection.name.value, level + 1, state);
      size = sum(size, part);
      continue;
    }
    const { alias, selectionSet } = selection;
    const below = selectionSet ? sizeOf(selectionSet, level + 1, state) : NOTHING;
    size = sum(size, {
      roots: 1,
      fields: below.fields + 1,
      aliases: below.aliases + (alias ? 1 : 0),
      depth: below.depth + 1,
      nesting: below.nesting,
    });
  }
  return size;
}

function fragmentSize(name: string, level: number, state: State): Size {
  const { fragments, sizes, most } = state;
  const known = sizes.get(name);
  if (known) {
    if (level + known.nesting - 1 > most) throw tooNested(most);
    return known;
  }
  const fragment = fragments.get(name);
  if (!fragment) return NOTHING;
  // Until it is measured, for a cycle that leads back here.
  sizes.set(name, NOTHING);
  const size = sizeOf(fragment.selectionSet, level, state);
  sizes.set(name, size);
  return size;
}

function sum(whole: Size, part: Size): Size {
  return {
    roots: whole.roots + part.roots,
    fields: whole.fields + part.fields,
    aliases: whole.aliases + part.aliases,
    depth: Math.max(whole.depth, part.depth),
    nesting: Math.max(whole.nesting, part.nesting + 1),
  };
}

function assertWithin(size: Size, limits: DocumentLimits): void {
  const { maxDepth, maxFields, maxAliases } = limits;
  if (size.depth > maxDepth) throw new TooComplexError('levels of fields', maxDepth);
  if (size.fields > maxFields) throw new TooComplexError('fields', maxFields);
  if (size.aliases > maxAliases) throw new TooComplexError('aliases', maxAliases);
}

function tooNested(most: number) {
  return new TooComplexError('selection sets within each other', most);
}
