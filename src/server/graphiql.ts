import { gzip as compress } from 'node:zlib';
import { promisify } from 'node:util';

/** The page GraphiQL is, plain and compressed. */
export type GraphiqlPage = { readonly html: Buffer; readonly gzip: Buffer };

/** Makes GraphiQL as one page of 9 MB that needs no other host, with examples ready to run. */
export async function makeGraphiqlPage(): Promise<GraphiqlPage> {
  // 9 MB: loaded when the first browser asks.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = Buffer.from(
    renderGraphiQL({
      title: 'GraphiQL',
      endpoint: '/graphql',
      defaultQuery: WORKED_EXAMPLE,
      defaultTabs: [{ query: WORKED_EXAMPLE }, { query: READ_EXAMPLE }],
    }),
  );
  return { html, gzip: await promisify(compress)(html) };
}

/** The mutation that GraphiQL opens with: three writes on post 7 of the seed. */
export const WORKED_EXAMPLE = `# Post 7 has the comments 10, 11 and 12. Send the list you want:
# 10 is left out and goes, 11 is as it was and is not written,
# 12 gets another text, and the entry without an id is new.
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
    # Add this to see the changes without keeping them:
    # options: { dryRun: true }
  ) {
    __typename
    ... on UpdatePostSuccess {
      post { title comments { id body } }
      changeset { ...Changes }
    }
    ... on DryRun { changeset { ...Changes } }
    ... on WriteError { message }
    ... on InvalidChangeset { issues { code message path } }
  }
}

fragment Changes on Changeset {
  operations { action type id path reason changes { field from to } }
  counts { inserted updated deleted unchanged }
}
`;

/** The second tab: posts with what belongs to them, a query for each level. */
export const READ_EXAMPLE = `{
  posts(first: 10, orderBy: [{ id: Asc }]) {
    totalCount
    edges {
      node { id title author { name } commentCount comments { id body } }
    }
  }
}
`;
