import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/server/config.ts';
import { seed } from '../../../src/server/database/seed.ts';
import { findBarriers, hasBrowser, useBrowser } from '../../support/browser.ts';
import { useDatabase } from '../../support/database.ts';
import { buildPage } from '../../support/process.ts';
import { useService } from '../../support/service.ts';
import { tsx } from '../../support/tsx.ts';

/* The page for people where the service takes tokens: Ann has written post 7, Bob post 8. */

const AUTH_JWT_SECRET = 'a secret of at least thirty-two bytes';

const database = useDatabase();
const service = useService(database, { auth: readConfig({ AUTH_JWT_SECRET }).auth });
const open = useBrowser();

beforeAll(buildPage);
beforeEach(async () => {
  const { client } = database;
  await seed(client);
  await client.author.update({ where: { id: 1n }, data: { subject: 'ann' } });
  await client.author.create({ data: { id: 2n, name: 'Bob', subject: 'bob' } });
  await client.post.create({ data: { id: 8n, title: 'Letters', authorId: 2n } });
  await client.comment.create({ data: { id: 20n, postId: 8n, body: 'Dear Bob' } });
});

describe.runIf(hasBrowser)('the page of a service that takes tokens', () => {
  test('says to who is not signed in that this comes first, and saves what was typed then', async () => {
    const { page, problems } = await openPost('A story...');
    await field(page, 'Comment 2').fill('Typed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').getByText('Not saved: sign in first').waitFor();
    expect(await page.locator('#comment-11-notes').innerText()).toContain('sign in to change this');
    expect(await comment(11n)).toMatchObject({ body: 'What happened next?', lockVersion: 1 });
    expect(await page.evaluate('document.activeElement.id')).toBe('sign-in');
    await page.keyboard.press('Enter');
    await signIn(page, await token('ann'));
    await page.getByRole('button', { name: 'Signed in as ann' }).waitFor();
    await page.getByRole('heading', { name: 'A story...' }).waitFor();
    expect(await field(page, 'Comment 2').inputValue()).toBe('Typed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await comment(11n)).toMatchObject({ body: 'Typed', lockVersion: 2 });
    expect(problems).toEqual([]);
  });

  test("lets an author change the own posts, and says where it is another's", async () => {
    const { page } = await openPost('Letters');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signIn(page, await token('ann'));
    await page.getByRole('button', { name: 'Signed in as ann' }).waitFor();
    await page.getByRole('heading', { name: 'Letters' }).waitFor();
    await field(page, 'Comment 1').fill('Dear Ann');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved: you may change your own posts only').waitFor();
    expect(await page.locator('#comment-20-notes').innerText()).toContain('only its author may');
    expect(await page.evaluate('document.activeElement.id')).toBe('comment-20');
    expect(await comment(20n)).toMatchObject({ body: 'Dear Bob', lockVersion: 1 });
    // Whoever is signed in may add a comment.
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'Add a comment' }).click();
    await page.keyboard.type('From Ann');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
  });

  test('takes no token that the service refuses', async () => {
    const { page } = await openPost('A story...');
    await page.getByRole('button', { name: 'Sign in' }).click();
    const refused = page.waitForResponse((response) => response.status() === 401);
    await signIn(page, `${await token('ann')}x`);
    await refused;
    await page.getByRole('alert').getByText('The token is not valid, or no longer.').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('token');
    expect(await kept(page)).toEqual([[], []]);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });

  test('signs out who has a token that the service takes no longer, and loses nothing', async () => {
    const { page } = await openPost('A story...');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signIn(page, await token('ann'));
    await page.getByRole('button', { name: 'Signed in as ann' }).waitFor();
    await field(page, 'Title').fill('Typed');
    // As if it had ended since: the stream is asked for with it, as is a save.
    const { subscriptions } = await expire(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('You are signed out').waitFor();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await kept(page)).toEqual([[], []]);
    expect(await field(page, 'Title').inputValue()).toBe('Typed');
    // Whoever is not signed in reads, too.
    await expect.poll(subscriptions).toEqual([false]);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signIn(page, await token('ann'));
    await page.getByText('You are signed out').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
  });

  test('says of a new post who may write one', async () => {
    const { page } = await open(service.url);
    await page.getByRole('link', { name: 'New post' }).click();
    await field(page, 'Title').fill('Mine');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved: sign in first').waitFor();
    await page.keyboard.press('Enter');
    await signIn(page, await token('carl'));
    await page.getByRole('button', { name: 'Signed in as carl' }).waitFor();
    expect(await field(page, 'Title').inputValue()).toBe('Mine');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved: only authors may write posts').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('title');
  });

  test('keeps the token in the storage of the tab alone, until one signs out', async () => {
    const ann = await token('ann');
    const { page } = await openPost('A story...');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signIn(page, ann);
    await page.getByRole('button', { name: 'Signed in as ann' }).waitFor();
    expect(await kept(page)).toEqual([[ann], []]);
    expect(await page.context().cookies()).toEqual([]);
    await page.reload();
    await page.getByRole('button', { name: 'Signed in as ann' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await kept(page)).toEqual([[], []]);
    await page.getByRole('heading', { name: 'A story...' }).waitFor();
    await field(page, 'Title').fill('Mine');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved: sign in first').waitFor();
  });
});

async function openPost(title: string) {
  const window = await open(service.url);
  await window.page.getByRole('link', { name: title }).click();
  await window.page.getByRole('heading', { name: title }).waitFor();
  return window;
}

async function signIn(page: Page, pasted: string): Promise<void> {
  await page.getByLabel('Token').fill(pasted);
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
}

/** A token as `npm run token` prints it. */
async function token(sub: string, expires = '1h'): Promise<string> {
  const args = [...tsx, 'scripts/token.ts', '--sub', sub, `--expires=${expires}`];
  const env = { PATH: process.env['PATH'], AUTH_JWT_SECRET };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return stdout.trim();
}

/** What the browser keeps: of the tab, and for ever. */
function kept(page: Page): Promise<unknown> {
  return page.evaluate('[sessionStorage, localStorage].map((store) => Object.values(store))');
}

/**
 * Has the token that the page keeps end. `subscriptions` says of each that is asked for from then on
 * whether it is asked for with a token.
 */
async function expire(page: Page): Promise<{ subscriptions: () => readonly boolean[] }> {
  const subscriptions: boolean[] = [];
  const ended = await token('ann', '-1h');
  page.on('request', (request) => {
    if (request.postData()?.includes('subscription') !== true) return;
    subscriptions.push('authorization' in request.headers());
  });
  await page.evaluate(`sessionStorage.setItem('token', '${ended}')`);
  return { subscriptions: () => subscriptions };
}

function field(page: Page, name: string) {
  return page.getByRole('textbox', { name, exact: true });
}

function comment(id: bigint): Promise<unknown> {
  return database.client.comment.findUnique({ where: { id } });
}
