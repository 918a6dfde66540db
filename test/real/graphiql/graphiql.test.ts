import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { seed } from '../../../src/server/database/seed.ts';
import { hasBrowser, useBrowser } from '../../support/browser.ts';
import { useDatabase } from '../../support/database.ts';
import { useService } from '../../support/service.ts';

/* The tabs of GraphiQL, in Debian's chromium against the real service. */

const database = useDatabase();
const service = useService(database);
const open = useBrowser();

describe.runIf(hasBrowser)('GraphiQL', () => {
  test('runs each of its examples, on the rows of the first start', async () => {
    await seed(database.client);
    const { page, problems } = await openGraphiql();
    expect(await run(page, 'ReadPosts')).toContain('"A story..."');
    const preview = await run(page, 'PreviewCast');
    expect(preview).toContain('"DryRun"');
    expect(await database.sql('SELECT FROM comments WHERE id = 10')).toHaveLength(1);
    const cast = await run(page, 'CastComments');
    expect(countsOf(cast)).toEqual(countsOf(preview));
    expect(countsOf(cast)).toMatchObject({ inserted: 1, updated: 1, deleted: 1, unchanged: 1 });
    expect(await run(page, 'PutTags')).toContain('"graphql"');
    expect(await run(page, 'BuildPost')).toContain('"A new story"');
    const mistakes = await run(page, 'MakeMistakes');
    expect(mistakes.match(/"code": "\w+"/g)).toHaveLength(3);

    expect(await run(page, 'WatchPost')).toContain('"changeset": null');
    await service.sendText(
      'mutation { buildPostComment(postId: 7, input: { body: "Live" }) { __typename } }',
    );
    await answer(page).getByText('"Live"').waitFor();
    expect(problems).toEqual([]);
  });

  test.each([
    ['without posts it offers what needs none', 'SELECT', ['ReadPosts', 'BuildPost']],
    [
      'with a post that has nothing it offers all',
      `INSERT INTO posts (title) VALUES ('Bare')`,
      [
        'ReadPosts',
        'PreviewCast',
        'CastComments',
        'PutTags',
        'BuildPost',
        'MakeMistakes',
        'WatchPost',
      ],
    ],
  ])('%s', async (_what, insert, names) => {
    await database.sql(insert);
    const { page, problems } = await openGraphiql();
    await tab(page, 'ReadPosts').waitFor();
    expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual(names);
    for (const name of names) {
      expect(await run(page, name)).not.toMatch(/"errors"/);
    }
    expect(problems).toEqual([]);
  });
});

async function openGraphiql() {
  const window = await open(`${service.url}/graphql`, TALL);
  window.page.setDefaultTimeout(300_000);
  return window;
}

const tab = (page: Page, name: string) =>
  page.locator('.graphiql-tab-button').getByText(name, { exact: true });
const answer = (page: Page) => page.locator('.graphiql-response');
// The editor makes only the lines that are seen.
const TALL = { viewport: { width: 1400, height: 2400 }, reducedMotion: 'reduce' } as const;
const NAME = /"(posts|updatePost|createPost|postChanged)":/;

/** Runs the example of a tab; gives what the page shows of the answer. */
async function run(page: Page, name: string): Promise<string> {
  // By the keyboard: under a mouse tabs move, and on a busy machine they are not where they are seen.
  await tab(page, name).focus();
  await page.keyboard.press('Enter');
  await page.locator('.graphiql-tab-active').getByText(name, { exact: true }).waitFor();
  await page.locator('.graphiql-query-editor .view-line', { hasText: name }).first().waitFor();
  while (!(await isAnswered(page))) continue;
  return (await answer(page).locator('.view-lines').innerText()).replaceAll('\u00a0', ' ');
}

/** Presses the button; whether an answer is shown then: a press in the middle of a change of tabs is lost. */
async function isAnswered(page: Page): Promise<boolean> {
  const answered = page.waitForResponse(/\/graphql(\?|$)/, { timeout: 30_000 });
  const shown = answered.then(() =>
    answer(page).locator('.view-line', { hasText: NAME }).first().waitFor({ timeout: 30_000 }),
  );
  const [, isShown] = await Promise.all([
    page.locator('.graphiql-execute-button').click(),
    shown.then(
      () => true,
      () => false,
    ),
  ]);
  return isShown;
}

function countsOf(text: string): object {
  const counts = [...text.matchAll(/"(inserted|updated|deleted|unchanged)": (\d+)/g)];
  return Object.fromEntries(counts.map(([, name, count]) => [name, Number(count)]));
}
