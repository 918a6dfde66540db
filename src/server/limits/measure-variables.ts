import { type DocumentLimits, TooComplexError } from './document-limits.ts';

/**
 * Measures variables as they came, with a stack of its own: whatever reads them later goes as deep
 * as they do.
 *
 * @throws GraphQLError QUERY_TOO_COMPLEX for variables that hold more than they may.
 */
export function measureVariables(
  variables: unknown,
  { maxNesting, maxVariableValues }: VariableLimits,
): void {
  let values = 0;
  let level = [variables].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    // The variables themselves are no level.
    if (depth > maxNesting) {
      throw new TooComplexError('levels of variables', maxNesting);
    }
    const below: object[] = [];
    for (const container of level) {
      for (const value of Object.values(container)) {
        values += 1;
        if (values > maxVariableValues) {
          throw new TooComplexError('values in variables', maxVariableValues);
        }
        if (isContainer(value)) below.push(value);
      }
    }
    level = below;
  }
}

type VariableLimits = Pick<DocumentLimits, 'maxNesting' | 'maxVariableValues'>;

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
