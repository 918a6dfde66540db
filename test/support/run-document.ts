import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';

/** Runs a document of a schema, as `graphql` does. */
export type RunDocument = (
  source: string,
  variableValues: Readonly<Record<string, unknown>>,
  contextValue: unknown,
) => Promise<ExecutionResult>;

/** As `graphql`, for documents that are mostly sent many times: each is validated once. */
export function makeRunDocument(schema: GraphQLSchema): RunDocument {
  const valid = new Map<string, DocumentNode>();
  const read = (source: string): DocumentNode | readonly GraphQLError[] => {
    const document = parse(source);
    const errors = validate(schema, document);
    if (errors.length > 0) return errors;
    valid.set(source, document);
    return document;
  };
  return async (source, variableValues, contextValue) => {
    try {
      const document = valid.get(source) ?? read(source);
      if (!('kind' in document)) return { errors: document };
      return await execute({ schema, document, variableValues, contextValue });
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  };
}
