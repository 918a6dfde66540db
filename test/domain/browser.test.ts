import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';

/* The domain of the blog in a browser: a page that has loaded a post plans what it is about to send. */

const root = join(import.meta.dirname, '../..');

let code: string;
let inputs: readonly string[];

beforeAll(async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `
        export { blog } from './src/blog/domain.ts';
        export { listErrors, planWrite, validateLength } from 'prisma-assoc/changeset';
      `,
      resolveDir: root,
    },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'shop',
    conditions: ['prisma-assoc-source'],
    write: false,
    metafile: true,
  });
  code = outputFiles[0]?.text ?? '';
  inputs = Object.keys(metafile.inputs);
});

/** What a script answers that has the bundle and nothing but the language. */
function run(script: string): unknown {
  const answer: unknown = runInContext(
    `${code}; JSON.stringify((() => { ${script} })(), (_, value) => typeof value === 'bigint' ? String(value) : value)`,
    createContext({}),
  );
  return JSON.parse(String(answer));
}

const loaded = `
  const post = shop.blog.record('Post', {
    id: '7',
    title: 'A story...',
    comments: [
      { id: '10', body: 'Great story!' },
      { id: '11', body: 'What happened next?' },
      { id: '12', body: 'Thanks for the article' },
    ],
  });
`;

test('the bundle holds the pure folders alone, and stays small', () => {
  const foreign = inputs.filter(
    (file) => !/^(<stdin>|src\/(model|changeset|plan|domain|blog|generated)\/)/.test(file),
  );
  expect(foreign).toEqual([]);
  const bytes = gzipSync(code).length;
  console.log(`the domain of the blog in a browser: ${bytes} bytes gzipped`);
  expect(bytes).toBeLessThan(25_000);
});

test('a page sees what a form would write, before any request', () => {
  const operations = run(`${loaded}
    const changeset = shop.blog.changeset('Post')(post, {
      comments: [
        { id: '11', body: 'What happened next?' },
        { id: '12', body: 'Thank you for the post' },
        { body: 'Interesting' },
      ],
    });
    return shop.planWrite(changeset).plan.operations;
  `);
  expect(operations).toMatchObject([
    { action: 'delete', model: 'Comment', row: { key: { id: '10' } } },
    { action: 'update', row: { key: { id: '12' } }, changes: { body: 'Thank you for the post' } },
    { action: 'insert', model: 'Comment', values: { body: 'Interesting', postId: '7' } },
    { action: 'unchanged', model: 'Post', row: { key: { id: '7' } } },
    { action: 'unchanged', model: 'Comment', row: { key: { id: '11' } } },
  ]);
});

test('a page sees the issues of a form, at their paths', () => {
  const errors = run(`${loaded}
    const form = { title: '', comments: [{ id: '11', body: ' ' }, { id: '99', body: 'x' }] };
    return shop.listErrors(shop.blog.changeset('Post')(post, form));
  `);
  expect(errors).toMatchObject([
    { path: ['title'], code: 'REQUIRED' },
    { path: ['comments', 0, 'body'], code: 'REQUIRED' },
    { path: ['comments', 1, 'id'], code: 'NOT_IN_ASSOCIATION' },
  ]);
});

test.each([
  ['graphemes', 'e\u0301👨‍👩‍👧', 2],
  ['codepoints', 'e\u0301😀', 3],
  ['bytes', 'a\u00e9\u20ac😀', 10],
] as const)('a page counts the %s of a text as the server does', (count, text, length) => {
  const errors = run(`
    const post = shop.blog.record('Post', { id: '7', title: '' });
    const changeset = shop.blog.changeset('Post')(post, { title: ${JSON.stringify(text)} });
    const limits = { is: ${length}, count: '${count}' };
    return shop.listErrors(shop.validateLength(changeset, 'title', limits));
  `);
  expect(errors).toEqual([]);
});

test('only what counts characters needs a segmenter', () => {
  const answer = run(`${loaded}
    delete Intl.Segmenter;
    return shop.blog.changeset('Post')(post, { title: 'Plain' }).valid;
  `);
  expect(answer).toBe(true);
});
