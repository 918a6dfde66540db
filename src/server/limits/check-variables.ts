import {
  coerceInputValue,
  type ExecutionArgs,
  getOperationAST,
  GraphQLError,
  isInputType,
  typeFromAST,
} from 'graphql';

/**
 * Refuses variables that do not fit their types, at the first place that does not. What executes an
 * operation names fifty, and repeats at each all that stands around it: of a large variable that
 * takes seconds.
 *
 * @throws GraphQLError that names the place.
 */
export function checkVariables(args: ExecutionArgs): void {
  const { schema, document, operationName, variableValues, hideSuggestions } = args;
  const operation = getOperationAST(document, operationName);
  for (const { variable, type: node } of operation?.variableDefinitions ?? []) {
    const name = variable.name.value;
    const value = variableValues?.[name];
    const type = typeFromAST(schema, node);
    // What is not given is for the one who executes it.
    if (value === undefined || !isInputType(type)) continue;
    const refuse = (path: readonly (string | number)[], _: unknown, { message }: GraphQLError) => {
      const keys = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`));
      throw new GraphQLError(
        `Variable "$${name}" got an invalid value at "${name}${keys.join('')}"; ${message}`,
        { nodes: node },
      );
    };
    coerceInputValue(value, type, refuse, hideSuggestions ?? false);
  }
}
