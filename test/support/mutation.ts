/** The arguments of each mutation, beside its options. */
const ARGUMENTS = {
  createPost: { input: 'CreatePostInput!' },
  updatePost: { id: 'ID!', input: 'UpdatePostInput!' },
  deletePost: { id: 'ID!', lockVersion: 'Int' },
  buildPostComment: { postId: 'ID!', input: 'BuildComment!' },
  createComment: { input: 'CreateCommentInput!' },
  updateComment: { id: 'ID!', input: 'UpdateCommentInput!' },
  deleteComment: { id: 'ID!', lockVersion: 'Int' },
  createAuthor: { input: 'CreateAuthorInput!' },
  updateAuthor: { id: 'ID!', input: 'UpdateAuthorInput!' },
  deleteAuthor: { id: 'ID!', lockVersion: 'Int' },
} as const satisfies Record<string, Record<string, string>>;

/** The name of a mutation. */
export type MutationName = keyof typeof ARGUMENTS;

/** One call of a mutation: its name, and its arguments without the options. */
export type Mutation = {
  readonly name: MutationName;
  readonly args: Readonly<Record<string, unknown>>;
};

/** An operation of a changeset, as the API tells it. */
export type Operation = {
  readonly action: string;
  readonly type: string;
  readonly id: string | null;
  readonly path: readonly string[];
  readonly changes: readonly {
    readonly field: string;
    readonly from: unknown;
    readonly to: unknown;
  }[];
};

/** What every mutation answers, as far as tests of many mutations look at it. */
export type MutationResult = {
  readonly __typename: string;
  readonly message?: string;
  readonly issues?: readonly { readonly code: string }[];
  readonly record?: { readonly id: string };
  readonly changeset?: { readonly operations: readonly Operation[] };
};

/** The document of a mutation: it asks for `result`, whatever the mutation is. */
export function mutationText(name: MutationName): string {
  const types: Record<string, string> = {
    ...ARGUMENTS[name],
    options: 'WriteOptions',
  };
  const names = Object.keys(types);
  const variables = names.map((argument) => `$${argument}: ${types[argument]}`);
  const passed = names.map((argument) => `${argument}: $${argument}`);
  const success = `${name.charAt(0).toUpperCase()}${name.slice(1)}Success`;
  const record = /Comment/.test(name) ? 'comment' : /Post/.test(name) ? 'post' : 'author';
  return `mutation (${variables.join(', ')}) {
    result: ${name}(${passed.join(', ')}) {
      __typename
      ... on WriteError { message }
      ... on InvalidChangeset { issues { code } }
      ... on ${success} {
        record: ${record} { id }
        changeset { operations { action type id path changes { field from to } } }
      }
    }
  }`;
}
