/*
 * What the page of a front end reads, and what its mutations select of their answers: every field
 * that is shown, of every record that changes. Relay wants names that begin with the file's, Blog.
 */

/** The fragments by their names. */
export const fragments = {
  BlogPost: `fragment BlogPost on Post {
    nodeId id title body lockVersion updatedAt
    author { nodeId id }
    comments { nodeId id }
    tags { nodeId id }
    permalink { nodeId id }
  }`,
  BlogComment: `fragment BlogComment on Comment {
    nodeId id body lockVersion updatedAt
    post { nodeId id comments { nodeId id } }
  }`,
  BlogAuthor: `fragment BlogAuthor on Author {
    nodeId id name lockVersion
    posts { nodeId id }
  }`,
  BlogTag: `fragment BlogTag on Tag { nodeId id name posts { nodeId id } }`,
  BlogPermalink: `fragment BlogPermalink on Permalink {
    nodeId id url
    post { nodeId id permalink { nodeId id } }
  }`,
  BlogChangeset: `fragment BlogChangeset on Changeset {
    operations {
      action type recordId reason path
      changes { field from to }
      post { ...BlogPost }
      comment { ...BlogComment }
      author { ...BlogAuthor }
      tag { ...BlogTag }
      permalink { ...BlogPermalink }
    }
  }`,
};

/** The operations by their names. */
export const operations = {
  BlogQuery: `query BlogQuery {
    ann: author(id: 1) { ...BlogAuthor posts { ...BlogPost } }
    seven: post(id: 7) { ...BlogPost comments { ...BlogComment } permalink { ...BlogPermalink } }
    eight: post(id: 8) { ...BlogPost comments { ...BlogComment } permalink { ...BlogPermalink } }
    ecto: tag(id: 1) { ...BlogTag }
    elixir: tag(id: 2) { ...BlogTag }
  }`,
  BlogSaveMutation: mutation('Save', 'updatePost(id: $id, input: $input)', {
    variables: '$id: ID!, $input: UpdatePostInput!',
    selection: 'post { ...BlogPost tags { ...BlogTag } }',
  }),
  BlogMoveMutation: mutation('Move', 'updateComment(id: $id, input: { postId: $postId })', {
    variables: '$id: ID!, $postId: ID!',
  }),
  BlogDeleteCommentMutation: mutation('DeleteComment', 'deleteComment(id: $id)'),
  BlogDeleteTagMutation: mutation('DeleteTag', 'deleteTag(id: $id)'),
  BlogDeletePostMutation: mutation('DeletePost', 'deletePost(id: $id)'),
};

function mutation(
  name: string,
  field: string,
  { variables = '$id: ID!', selection = '' }: { variables?: string; selection?: string } = {},
): string {
  const [, mutationName = ''] = /^(\w+)/.exec(field) ?? [];
  const success = `${mutationName.replace(/^./, (letter) => letter.toUpperCase())}Success`;
  return `mutation Blog${name}Mutation(${variables}) {
    ${field} {
      __typename
      ... on ${success} { ${selection} changeset { ...BlogChangeset } }
      ... on WriteError { message }
    }
  }`;
}

/** The name of an operation. */
export type OperationName = keyof typeof operations;

/** An operation with the fragments that it needs, as it is sent. */
export function documentOf(name: OperationName): string {
  const texts = [operations[name]];
  const taken = new Set<string>();
  for (const text of texts) {
    for (const [, spread = ''] of text.matchAll(/\.\.\.(\w+)/g)) {
      const fragment = Object.entries(fragments).find(([key]) => key === spread);
      if (fragment === undefined || taken.has(spread)) continue;
      taken.add(spread);
      texts.push(fragment[1]);
    }
  }
  return texts.join('\n');
}
