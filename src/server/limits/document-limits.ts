import { GraphQLError } from 'graphql';

/** The most that one GraphQL document and its variables may hold. */
export type DocumentLimits = {
  /** Tokens of the document's text; a comment counts as one. */
  readonly maxTokens: number;
  /**
   * Brackets within each other, selection sets with their fragments written out, lists and objects
   * of the variables.
   */
  readonly maxNesting: number;
  /** Fields below each other, the last one included. */
  readonly maxDepth: number;
  /** Fields, with the fragments written out. */
  readonly maxFields: number;
  /** Fields of an operation's first level, with the fragments written out. */
  readonly maxRootFields: number;
  /** Fields with an alias, with the fragments written out. */
  readonly maxAliases: number;
  readonly maxDirectives: number;
  /** Spreads of fragments, those in line too. */
  readonly maxSpreads: number;
  /**
   * Lists, objects and single values of the variables, and again in all arguments with fragments
   * and variables written out.
   */
  readonly maxVariableValues: number;
  /** The same in the arguments of what is read. */
  readonly maxReadValues: number;
  /** Characters of the texts in all arguments, with fragments and variables written out. */
  readonly maxText: number;
  /** Values of an answer, estimated by the length of its lists. */
  readonly maxCost: number;
};

/** The limits that hold where no others are set. GraphiQL's introspection is 15 deep. */
export const standardDocumentLimits: DocumentLimits = {
  maxTokens: 15_000,
  maxNesting: 50,
  maxDepth: 16,
  maxFields: 2_000,
  maxRootFields: 20,
  maxAliases: 100,
  maxDirectives: 100,
  maxSpreads: 200,
  maxVariableValues: 100_000,
  maxReadValues: 1_500,
  maxText: 4_000_000,
  maxCost: 100_000,
};

/** The request error for a document that holds more than it may: nothing of it has run. */
export class TooComplexError extends GraphQLError {
  readonly what: string;

  constructor(what: string, limit: number) {
    super(`The request has more than ${limit} ${what}: send less at a time.`, {
      extensions: {
        code: 'QUERY_TOO_COMPLEX',
        http: { spec: true, status: 400 },
      },
    });
    this.what = what;
  }
}
