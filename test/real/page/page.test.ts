import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seed } from '../../../src/server/database/seed.ts';
import { findBarriers, hasBrowser, useBrowser } from '../../support/browser.ts';
import { useDatabase } from '../../support/database.ts';
import { buildPage } from '../../support/process.ts';
import { post, useService } from '../../support/service.ts';

/* The page for people, in Debian's chromium against the real service. */

const database = useDatabase();
const service = useService(database);
const open = useBrowser();

beforeAll(buildPage);
beforeEach(() => seed(database.client));

describe.runIf(hasBrowser)('the page', () => {
  test('edits a post: each step shows what saving will do, and saving does that', async () => {
    const { page, problems } = await openPost();
    await field(page, 'Title').fill('A better story');
    await page.getByRole('button', { name: 'Remove comment 1' }).click();
    await field(page, 'Comment 3').fill('Thank you for the post');
    await page.getByRole('button', { name: 'Add a comment' }).click();
    await page.keyboard.type('Interesting');
    await page.getByLabel('Add a tag by its name').fill('prisma');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove tag elixir' }).click();
    await field(page, 'Permalink').fill('a-story');
    expect(await shown(page)).toEqual([
      'changed: Changed post: -A story... +A better story',
      'removed: Removed comment: -Great story!',
      'removed: Tag removed: -elixir',
      'changed: Changed comment: -Thanks for the article +Thank you for the post',
      'new: New comment: +Interesting',
      'new: New tag: +prisma',
      'new: New permalink: +a-story',
      'new: Tag added: +prisma',
    ]);
    await page.getByRole('status').getByText('4 new, 2 changed, 2 removed').waitFor();

    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('The database would take it: 8 writes').waitFor();
    expect(await stored()).toMatchObject({ title: 'A story...' });

    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await stored()).toMatchObject({
      title: 'A better story',
      comments: [
        { id: '11', body: 'What happened next?', lockVersion: 1 },
        { id: '12', body: 'Thank you for the post', lockVersion: 2 },
        { body: 'Interesting' },
      ],
      tags: [{ name: 'ecto' }, { name: 'prisma' }],
      permalink: { url: 'a-story' },
    });
    expect(await shown(page)).toEqual([]);
    await page.getByRole('link', { name: 'A better story' }).waitFor();
    expect(problems).toEqual([]);
  });

  test('creates a post with all below it, in the same form', async () => {
    const { page, problems } = await open(service.url);
    await page.getByRole('link', { name: 'New post' }).click();
    await page.getByText('Nothing to save yet').waitFor();
    expect(await focused(page)).toBe('title');
    expect(await asksBeforeLeaving(page)).toBe(false);
    expect(await findBarriers(page)).toEqual([]);
    await field(page, 'Permalink').fill('new-story');
    await page.getByText('1 field to correct').waitFor();
    await field(page, 'Title').fill('A new story');
    await page.getByRole('button', { name: 'Add a comment' }).click();
    await page.keyboard.type('First');
    for (const tag of ['ecto', 'prisma']) {
      await page.getByLabel('Add a tag by its name').fill(tag);
      await page.keyboard.press('Enter');
    }
    const changes = [
      'new: New post: +A new story',
      'new: New comment: +First',
      'new: New permalink: +new-story',
      'new: Tag added: +ecto',
      'new: New tag: +prisma',
      'new: Tag added: +prisma',
    ];
    await expect.poll(async () => (await shown(page)).toSorted()).toEqual(changes.toSorted());
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('The database would take it: 6 writes').waitFor();

    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await page.getByRole('heading', { name: 'A new story' }).waitFor();
    expect(await page.getByRole('link', { name: 'A new story' }).getAttribute('aria-current')).toBe(
      'page',
    );
    const id = new URL(page.url()).hash.replace('#/posts/', '');
    expect(await stored(id)).toMatchObject({
      title: 'A new story',
      comments: [{ body: 'First' }],
      tags: [{ name: 'ecto' }, { name: 'prisma' }],
      permalink: { url: 'new-story' },
    });
    // It is edited like any other from then on, and the next new one is empty.
    await field(page, 'Title').fill('An old story');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'An old story' }).waitFor();
    await page.getByRole('link', { name: 'New post' }).click();
    expect(await field(page, 'Title').inputValue()).toBe('');
    expect(problems).toEqual([]);
  });

  test('finds posts by their titles, and keeps what was typed into one that is left', async () => {
    await service.sendText('mutation { createPost(input: { title: "Letters" }) { __typename } }');
    const { page, problems } = await open(service.url);
    await page.getByRole('link', { name: 'Letters' }).waitFor();
    await page.getByLabel('Search by title').fill('STORY');
    await page.getByRole('link', { name: 'Letters' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'A story...' }).click();
    await field(page, 'Text').fill('Typed');
    await page.getByLabel('Search by title').fill('');
    await page.getByRole('link', { name: 'Letters' }).click();
    await page.getByRole('heading', { name: 'Letters' }).waitFor();
    await page.getByRole('link', { name: 'A story...' }).click();
    await page.getByRole('heading', { name: 'A story...' }).waitFor();
    expect(await field(page, 'Text').inputValue()).toBe('Typed');
    expect(problems).toEqual([]);
  });

  test('shows what is wrong at its field: while one types, and what only the database knows', async () => {
    await service.sendText(
      'mutation { createPost(input: { title: "B", permalink: { build: { url: "taken" } } }) { __typename } }',
    );
    const { page } = await openPost();
    const title = field(page, 'Title');
    await title.fill('');
    expect(await describedBy(page, 'title')).toContain("can't be blank");
    await field(page, 'Permalink').fill('two words');
    expect(await describedBy(page, 'url')).toContain('has invalid format');
    await page.getByText('2 fields to correct').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await focused(page)).toBe('title');

    await title.fill('A story...');
    await field(page, 'Permalink').fill('taken');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved.').waitFor();
    expect(await describedBy(page, 'url')).toContain('has already been taken');
    expect(await focused(page)).toBe('url');
    await field(page, 'Permalink').fill('free');
    expect(await describedBy(page, 'url')).toBe('Changed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await stored()).toMatchObject({ permalink: { url: 'free' } });
  });

  test('shows what others have changed before a save, and writes what one chooses', async () => {
    const { page } = await openPost({ isLive: false });
    await field(page, 'Title').fill('Mine');
    await field(page, 'Comment 2').fill('Mine too');
    await others(`title: "Theirs", comments: { cast: { entries: [
      { id: 10 }, { id: 11, body: "Theirs too" }, { body: "Added" }
    ] } }`);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved: somebody else').waitFor();
    expect(await focused(page)).toBe('meanwhile');
    expect(await shown(page, '.meanwhile')).toEqual([
      'changed: Changed post: -A story... +Theirs',
      'removed: Removed comment: -Thanks for the article',
      'changed: Changed comment: -What happened next? +Theirs too',
      'new: New comment: +Added',
    ]);
    // Nothing that was typed is lost, and what only they did is there.
    expect(await field(page, 'Title').inputValue()).toBe('Mine');
    expect(await field(page, 'Comment 3').inputValue()).toBe('Added');
    expect(await findBarriers(page)).toEqual([]);

    await page.getByRole('group', { name: 'Title' }).getByText('Take theirs').click();
    await page
      .getByRole('group', { name: 'Comment 2', exact: true })
      .getByText('Keep yours')
      .click();
    expect(await shown(page)).toEqual(['changed: Changed comment: -Theirs too +Mine too']);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await stored()).toMatchObject({
      title: 'Theirs',
      comments: [{ id: '10' }, { id: '11', body: 'Mine too' }, { body: 'Added' }],
    });
  });

  test('shows what others write as it comes, beside what is being typed', async () => {
    const { page, problems } = await openPost();
    await field(page, 'Title').fill('Mine');
    await field(page, 'Comment 2').focus();
    await page.keyboard.type('Mine: ');
    await others('body: "Theirs", comments: { build: [{ body: "Added" }] }');
    await page.getByRole('heading', { name: 'Changed by others meanwhile' }).waitFor();
    expect(await field(page, 'Title').inputValue()).toBe('Mine');
    expect(await field(page, 'Text').inputValue()).toBe('Theirs');
    expect(await field(page, 'Comment 4').inputValue()).toBe('Added');
    expect(await focused(page)).toBe('comment-11');
    await page.getByRole('button', { name: 'All right' }).click();

    await others('title: "Theirs too"');
    await page.locator('#title-notes').getByText('others have changed this too').waitFor();
    await page.getByRole('button', { name: 'Choose' }).click();
    expect(await focused(page)).toBe('meanwhile');
    await page.getByRole('group', { name: 'Title' }).getByText('Keep yours').click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await stored()).toMatchObject({ title: 'Mine', body: 'Theirs' });
    await service.sendText('mutation { deletePost(id: 7) { __typename } }');
    await page.getByRole('alert').getByText('does not exist, or no longer').waitFor();
    await page.getByRole('link', { name: 'Mine' }).waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  });

  test('shows what was typed into a post that has been deleted meanwhile', async () => {
    const { page } = await openPost({ isLive: false });
    await field(page, 'Text').fill('Typed');
    await service.sendText('mutation { deletePost(id: 7) { __typename } }');
    await page.getByRole('button', { name: 'Add a comment' }).click();
    await page.keyboard.type('Lost?');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('does not exist, or no longer').waitFor();
    expect(await field(page, 'Text').inputValue()).toBe('Typed');
    expect(await field(page, 'Comment 4').inputValue()).toBe('Lost?');
    expect(await findBarriers(page)).toEqual([]);
    expect(await asksBeforeLeaving(page)).toBe(true);
    await page.getByRole('link', { name: 'Discard it' }).click();
    await page.getByText('Choose a post to edit').waitFor();
    expect(await asksBeforeLeaving(page)).toBe(false);
  });

  test('asks before the tab is closed as long as something is not saved', async () => {
    const { page } = await openPost();
    expect(await asksBeforeLeaving(page)).toBe(false);
    await field(page, 'Text').fill('Typed');
    expect(await asksBeforeLeaving(page)).toBe(true);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await asksBeforeLeaving(page)).toBe(false);
  });

  test('is used by the keyboard alone: the focus goes where one goes on', async () => {
    const { page } = await openPost();
    await field(page, 'Comment 3').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('add-comment');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toMatch(/^comment-new-/);
    await page.keyboard.type('Typed');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('comment-12');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Keep');
    await page.keyboard.press('Control+s');
    await page.getByText('Saved.').waitFor();
    expect(await stored()).toMatchObject({ comments: [{ id: '10' }, { id: '11' }] });
  });

  test.each([
    ['on a desk', { viewport: { width: 1280, height: 860 } }],
    ['in the dark', { viewport: { width: 1280, height: 860 }, colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }],
    ['on a phone in the dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
  ] as const)('%s it fits, and axe finds nothing', async (_name, options) => {
    const { page, problems } = await open(service.url, options);
    await page.getByRole('link', { name: 'A story...' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('link', { name: 'A story...' }).click();
    if (options.viewport.width === 360) {
      await page.getByRole('link', { name: 'All posts' }).click();
      await page.getByRole('link', { name: 'A story...' }).click();
    }
    await field(page, 'Title').fill('x'.repeat(300));
    await page.getByRole('button', { name: 'Remove comment 1' }).click();
    await field(page, 'Comment 2').fill('y'.repeat(300));
    await page.getByRole('button', { name: 'Remove tag ecto' }).click();
    expect(await findBarriers(page)).toEqual([]);
    await field(page, 'Title').fill('z'.repeat(200));
    await page.getByText('1 field to correct').waitFor({ state: 'detached' });
    expect(await findBarriers(page)).toEqual([]);
    expect(
      await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
    ).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await findBarriers(page)).toEqual([]);
    expect(problems).toEqual([]);
  });
});

async function openPost({ isLive = true } = {}) {
  const window = await open(service.url);
  // What others write is not told then, as where the connection is down.
  if (!isLive) {
    await window.page.route('**/graphql', (route) =>
      route.request().postData()?.includes('subscription') ? route.abort() : route.fallback(),
    );
  }
  await window.page.getByRole('link', { name: 'A story...' }).click();
  await window.page.getByRole('heading', { name: 'A story...' }).waitFor();
  return window;
}

/** The changes that a part of the page lists, as `changed: Changed post: -before +after`. */
async function shown(page: Page, part = '.preview'): Promise<readonly string[]> {
  const items = await page.locator(`${part} .changes > li`).all();
  return Promise.all(
    items.map(async (item) => {
      const texts = await item
        .locator('del, ins')
        .evaluateAll((elements) =>
          elements.map(
            ({ tagName, textContent }) => `${tagName === 'DEL' ? '-' : '+'}${textContent}`,
          ),
        );
      const title = await item.locator('strong').textContent();
      return `${await item.getAttribute('class')}: ${title}: ${texts.join(' ')}`;
    }),
  );
}

function field(page: Page, name: string) {
  return page.getByRole('textbox', { name, exact: true });
}

/** What a screen reader says beside the label of a field. */
async function describedBy(page: Page, field: string): Promise<string> {
  const id = await page.locator(`#${field}`).getAttribute('aria-describedby');
  return page.locator(`#${id}`).innerText();
}

/** Whether the page has the browser ask: it does so for who has typed or clicked only. */
function asksBeforeLeaving(page: Page): Promise<unknown> {
  return page.evaluate(`!dispatchEvent(new Event('beforeunload', { cancelable: true }))`);
}

function focused(page: Page): Promise<unknown> {
  return page.evaluate('document.activeElement.id');
}

/** Another person changes the post. */
async function others(input: string): Promise<void> {
  const { data } = await service.sendText(
    `mutation { updatePost(id: 7, input: { ${input} }) { __typename } }`,
  );
  expect(data).toEqual({ updatePost: { __typename: 'UpdatePostSuccess' } });
}

async function stored(id = '7'): Promise<unknown> {
  const { data } = await post<{ post: unknown }>(
    service.url,
    `{ post(id: ${id}) { title body comments { id body lockVersion } tags { name } permalink { url } } }`,
  );
  return data.post;
}
