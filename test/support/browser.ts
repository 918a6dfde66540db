import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { findProgram } from './debian.ts';

const executablePath = findProgram('/usr/bin/chromium');

/** Whether there is a browser to test with. */
export const hasBrowser = executablePath !== null;

/** A window of a browser, and what went wrong in it: errors, and what its policy refused. */
export interface Window {
  readonly page: Page;
  readonly problems: readonly string[];
}

/** Gives what opens windows of Debian's chromium, each as of a person of its own. */
export function useBrowser(): (url: string, options?: BrowserContextOptions) => Promise<Window> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (executablePath === null) return;
    // In a container it may neither have a sandbox of its own nor much of /dev/shm.
    const args = ['--no-sandbox', '--disable-dev-shm-usage'];
    browser = await chromium.launch({ executablePath, args });
  });
  afterAll(() => browser?.close());
  return async (url, options = {}) => {
    if (browser === undefined) throw new Error('there is no browser');
    const context = await browser.newContext(options);
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(url);
    return { page, problems };
  };
}

/** What axe finds against who uses a page by keyboard or screen reader. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  // Evaluated, not added as a script: that the page's policy refuses.
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(
    `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, any: [why] }) => id + ': ' + html + ' ' + (why?.message ?? ''))))`,
  );
  return found as readonly string[];
}
