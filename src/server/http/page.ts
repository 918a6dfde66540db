import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { IMMUTABLE, makeStaticFile, type StaticFile } from './static-file.ts';

/** The files of the page by their paths, as `/` and `/assets/index-x1XGuNl0.css`. */
export type Page = ReadonlyMap<string, StaticFile>;

/** Reads the page of a folder; null where it has not been built. */
export async function readPage(folder: string): Promise<Page | null> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = join(entry.parentPath, entry.name);
        const path = file.slice(folder.length).replaceAll('\\', '/');
        const isIndex = path === '/index.html';
        const headers = {
          'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
          ...(isIndex
            ? { 'cache-control': 'no-cache', 'content-security-policy': POLICY }
            : IMMUTABLE),
        };
        return [isIndex ? '/' : path, makeStaticFile(await readFile(file), headers)] as const;
      }),
  );
  const page = new Map(files);
  return page.has('/') ? page : null;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page loads and asks nothing but what the service has, and runs no text as code. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
