import type { FieldNode, GraphQLResolveInfo } from 'graphql';

/**
 * Reads a field's arguments once for all the parents it is resolved under, instead of once for each:
 * they are the same for all. What the reading throws is thrown for each.
 */
export function oncePerField<Args, Result>(
  read: (args: Args) => Result,
): (args: Args, info: Pick<GraphQLResolveInfo, 'fieldNodes'>) => Result {
  // GraphQL.js gathers the nodes of a field once for each selection of an execution.
  const results = new WeakMap<readonly FieldNode[], () => Result>();
  return (args, { fieldNodes }) => {
    const known = results.get(fieldNodes) ?? outcomeOf(() => read(args));
    results.set(fieldNodes, known);
    return known();
  };
}

function outcomeOf<Result>(read: () => Result): () => Result {
  try {
    const result = read();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
