import { examples } from './graphiql-examples.ts';
import { START } from './graphiql-start.ts';
import { IMMUTABLE, makeStaticFile, type StaticFile } from './static-file.ts';

/** GraphiQL: its page, and what that loads, by path. */
export type Graphiql = {
  readonly page: StaticFile;
  readonly files: ReadonlyMap<string, StaticFile>;
};

/** Makes GraphiQL, which needs no other host, with examples ready to run. */
export async function makeGraphiql(): Promise<Graphiql> {
  // 9 MB: loaded when the first browser asks.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL();
  const program = between(html, '<script>', CALL);
  const start = `${START}openGraphiql(${JSON.stringify(OPTIONS)}, ${JSON.stringify(examples)});\n`;
  const script = assetOf('js', 'text/javascript; charset=utf-8', `${program};\n${start}`);
  const style = assetOf(
    'css',
    'text/css; charset=utf-8',
    between(html, '<style>', '</style>') + NARROW,
  );
  const page = makeStaticFile(Buffer.from(pageOf(style.path, script.path)), {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    vary: 'accept',
  });
  return { page, files: new Map([script, style].map(({ path, file }) => [path, file])) };
}

/** How the page that the package makes begins what its program has defined. */
const CALL = 'YogaGraphiQL.renderYogaGraphiQL(\n';

const OPTIONS = {
  title: 'GraphiQL: posts and comments',
  endpoint: '/graphql',
  schemaDescription: true,
  // The examples take no variables.
  defaultEditorToolsVisibility: false,
};

/** What stands between the first `start` and the `end` after it. */
function between(text: string, start: string, end: string): string {
  const from = text.indexOf(start) + start.length;
  return text.slice(from, text.indexOf(end, from));
}

/** A file under the hash of what it holds, so that a browser loads it once. */
function assetOf(extension: string, type: string, text: string) {
  const file = makeStaticFile(Buffer.from(text), {
    'content-type': type,
    ...IMMUTABLE,
  });
  return { path: `/graphiql/${file.etag.slice(1, -1)}.${extension}`, file };
}

const pageOf = (style: string, script: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>${OPTIONS.title}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="${style}" />
  </head>
  <body class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    <script src="${script}"></script>
  </body>
</html>
`;

/** The page runs its own script only; the editor makes its styles and its workers as it goes. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  'worker-src blob:',
  "style-src 'self' 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * In a narrow window the answer stands below the query, in a very narrow one the docs above it:
 * beside each other they would be too narrow to read.
 */
const NARROW = `
@media (max-width: 900px) {
  #graphiql-session { flex-direction: column; }
  .graphiql-logo, .graphiql-horizontal-drag-bar { display: none; }
}
@media (max-width: 600px) {
  .graphiql-main { flex-direction: column; }
  .graphiql-plugin { overflow-y: auto; }
}
`;
