import { GraphQLError } from 'graphql';

/** Where a value stands among a field's arguments: ["where", "OR", "0", "id", "equals"]. */
export type ArgumentPath = readonly string[];

/** The request error for an argument that its type lets through and the service refuses. */
export function badUserInput(path: ArgumentPath, problem: string): GraphQLError {
  return new GraphQLError(`${path.join('.')} ${problem}`, {
    extensions: { code: 'BAD_USER_INPUT', argumentPath: path },
  });
}
