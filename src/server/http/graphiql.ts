import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { examples } from './graphiql-examples.ts';
import { START } from './graphiql-start.ts';
import { IMMUTABLE, makeStaticFile, type StaticFile } from './static-file.ts';

const require = createRequire(import.meta.url);

/** GraphiQL: its page, and what that loads, by path. */
export type Graphiql = {
  readonly page: StaticFile;
  readonly files: ReadonlyMap<string, StaticFile>;
};

/** Makes GraphiQL, which needs no other host, with examples ready to run. */
export async function makeGraphiql(): Promise<Graphiql> {
  const { program, look } = await readParts();
  const start = `;\n${START}openGraphiql(${JSON.stringify(OPTIONS)}, ${JSON.stringify(examples)});\n`;
  const script = assetOf('js', 'text/javascript; charset=utf-8', program, start);
  const style = assetOf('css', 'text/css; charset=utf-8', look, NARROW);
  const page = makeStaticFile(Buffer.from(pageOf(style.path, script.path)), {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    vary: 'accept',
  });
  return { page, files: new Map([script, style].map(({ path, file }) => [path, file])) };
}

type Parts = { readonly program: Uint8Array; readonly look: Uint8Array };

/**
 * Takes the program and its style from the page that the package makes. In a thread of its own: to
 * load those 9 MB takes most of a second, in which nobody else would be answered.
 */
function readParts(): Promise<Parts> {
  const workerData = require.resolve('@graphql-yoga/render-graphiql');
  const worker = new Worker(READ_PARTS, { eval: true, execArgv: [], workerData });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
}

const READ_PARTS = `
const { parentPort, workerData } = require('node:worker_threads');
const html = require(workerData).renderGraphiQL();
const between = (start, end) => {
  const from = html.indexOf(start) + start.length;
  return new TextEncoder().encode(html.slice(from, html.indexOf(end, from)));
};
const program = between('<script>', 'YogaGraphiQL.renderYogaGraphiQL(\\n');
const look = between('<style>', '</style>');
parentPort.postMessage({ program, look }, [program.buffer, look.buffer]);
`;

const OPTIONS = {
  title: 'GraphiQL: posts and comments',
  endpoint: '/graphql',
  schemaDescription: true,
  // The examples take no variables.
  defaultEditorToolsVisibility: false,
};

/** A file under the hash of what it holds, so that a browser loads it once. */
function assetOf(extension: string, type: string, body: Uint8Array, end: string) {
  const file = makeStaticFile(Buffer.concat([body, Buffer.from(end)]), {
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
