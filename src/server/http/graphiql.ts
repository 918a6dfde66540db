import { gzip as compress } from 'node:zlib';
import { promisify } from 'node:util';

/** The page GraphiQL is, plain and compressed. */
export type GraphiqlPage = { readonly html: Buffer; readonly gzip: Buffer };

/** Makes GraphiQL as one page of 9 MB that needs no other host, with examples ready to run. */
export async function makeGraphiqlPage(): Promise<GraphiqlPage> {
  // 9 MB: loaded when the first browser asks.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({
    title: 'GraphiQL: posts and comments',
    endpoint: '/graphql',
    defaultQuery: WORKED_EXAMPLE,
    defaultTabs: [{ query: WORKED_EXAMPLE }, { query: READ_EXAMPLE }],
  });
  const html = Buffer.from(page.replace('</head>', () => `${NARROW}</head>`));
  return { html, gzip: await promisify(compress)(html) };
}

/**
 * In a narrow window the answer stands below the query, in a very narrow one the docs above it:
 * beside each other they would be too narrow to read.
 */
const NARROW = `<meta name="viewport" content="width=device-width, initial-scale=1" />
<style>
  @media (max-width: 900px) {
    #graphiql-session { flex-direction: column; }
    .graphiql-logo, .graphiql-horizontal-drag-bar { display: none; }
  }
  @media (max-width: 600px) {
    .graphiql-main { flex-direction: column; }
    .graphiql-plugin { overflow-y: auto; }
  }
</style>
`;

/** The mutation that GraphiQL opens with: three writes on post 7 of the seed. */
export const WORKED_EXAMPLE = `# Post 7 has the comments 10, 11 and 12.
# Send the list as it is to be:
# 10 is left out and goes,
# 11 is as it was and is not written,
# 12 gets another text,
# the entry without an id is new.
mutation CastComments {
  updatePost(
    id: 7
    input: {
      comments: {
        cast: {
          entries: [
            { id: 11, body: "What happened next?" }
            { id: 12, body: "Thank you for the post" }
            { body: "Interesting" }
          ]
        }
      }
    }
    # To see the changes and keep nothing:
    # options: { dryRun: true }
  ) {
    __typename
    ... on UpdatePostSuccess {
      changeset { ...Changes }
      post { title comments { id body } }
    }
    ... on DryRun { changeset { ...Changes } }
    ... on WriteError { message }
    ... on InvalidChangeset {
      issues { code message path }
    }
  }
}

fragment Changes on Changeset {
  counts { deleted updated inserted unchanged }
  operations { action type id reason }
}
`;

/**
 * The second tab: posts with what belongs to them, one statement for each level and association.
 */
export const READ_EXAMPLE = `query ReadPosts {
  posts(first: 10, orderBy: [{ id: Asc }]) {
    totalCount
    edges {
      node {
        id
        title
        author { name }
        tags { name }
        commentCount
        comments { id body }
      }
    }
  }
}
`;
