import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip as compress } from 'node:zlib';

/** The page GraphiQL is, plain and compressed. */
export type GraphiqlPage = {
  readonly html: Buffer;
  readonly gzip: Buffer;
  /** What the page may load and run: its own scripts, nothing of another host. */
  readonly contentSecurityPolicy: string;
};

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
  const text = page.replace('</head>', () => `${NARROW}</head>`);
  const html = Buffer.from(text);
  return {
    html,
    gzip: await promisify(compress)(html),
    contentSecurityPolicy: policyOf(text),
  };
}

/** Sends the page, compressed for clients that accept it. */
export function sendGraphiqlPage(
  { html, gzip, contentSecurityPolicy }: GraphiqlPage,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const encodings = String(headers['accept-encoding'] ?? '');
  const compressed = /\bgzip\b/.test(encodings);
  const body = compressed ? gzip : html;
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.length,
    'content-security-policy': contentSecurityPolicy,
    vary: 'accept, accept-encoding',
    ...(compressed ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(body);
}

/** The editor makes its styles and its workers as it goes. */
function policyOf(html: string): string {
  const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')}`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
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
