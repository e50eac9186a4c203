import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { createVerification, force } from '../support/verifications';
import { seriousFindings } from './accessibility';
import { chooseStatus, DASHBOARD_FOLDER, listedIds, rowOf, waitUntilLive } from './dashboardPage';
import { browserTest, openBrowser, openPage } from './openBrowser';

const testInBrowser = browserTest();
/** In the page: resolves when no row is highlighted any more. */
const FADED = `Promise.all(
  document.getAnimations().filter(({ animationName = '' }) => animationName.startsWith('flash')).map(({ finished }) => finished),
).then(() => null)`;
const ASKS_FOR_UPLOADING = /BoardPage.*PENDING|PENDING.*BoardPage/s;
const SEEDED = { groups: 25, ofEach: 3 };

let app: TestGateway;
let browser: Browser | null = null;
beforeAll(async () => {
  // As in the demo: some every minute, up to now.
  let ageMs = SEEDED.groups * 60_000;
  app = await startGateway(
    {},
    { now: () => Date.now() - ageMs },
    { dashboard: { folder: DASHBOARD_FOLDER, token: TOKEN } },
  );
  app.simulator.control.seed({ applicants: 10, verifications: 0 });
  for (; ageMs > 0; ageMs -= 60_000) app.simulator.control.seed({ applicants: 0, verifications: SEEDED.ofEach });
});
afterAll(async () => {
  await browser?.close();
  await app.close();
});

async function visitBoard(search = '', options: Parameters<typeof openPage>[1] = {}) {
  browser ??= await openBrowser();
  const watched = await openPage(browser, options);
  await watched.page.goto(`${app.gateway.url}/dashboard/${search}`);
  await waitUntilLive(watched.page);
  return watched;
}

const statusesOf = (page: Page): Promise<string[]> => page.locator('tr[data-id] .badge').allTextContents();

async function newestIds(first: number): Promise<string[]> {
  const { data } = await app.graphql(`{ verifications(first: ${first}) { nodes { id } } }`);
  return data.verifications.nodes.map(({ id }: { id: string }) => id);
}

testInBrowser('the board lists verifications page by page, and asks no other host', async () => {
  const { page, askedHosts, scriptErrors, photograph } = await visitBoard();
  const ids = await newestIds(75);
  const paging = page.getByRole('navigation', { name: 'Pages' });
  expect(await listedIds(page)).toEqual(ids.slice(0, 20));
  await paging.getByRole('button', { name: 'Next' }).click();
  await rowOf(page, ids[20] ?? '').waitFor();
  expect(await listedIds(page)).toEqual(ids.slice(20, 40));
  await paging.getByRole('button', { name: 'Previous' }).click();
  await rowOf(page, ids[0] ?? '').waitFor();
  expect(await listedIds(page)).toEqual(ids.slice(0, 20));
  expect(await paging.getByRole('button', { name: 'Previous' }).getAttribute('aria-disabled')).toBe('true');
  await photograph('dashboard-light');
  expect(askedHosts()).toEqual([new URL(app.gateway.url).host]);
  expect(scriptErrors).toEqual([]);
  await page.close();
});

testInBrowser('filters narrow the list, survive a reload and can be cleared', async () => {
  const { page, photograph } = await visitBoard();
  await chooseStatus(page, 'Failed');
  await chooseStatus(page, 'Canceled');
  await eventually(async () => (await statusesOf(page)).every((status) => /^(Failed|Canceled)$/.test(status)));
  expect((await statusesOf(page)).length).toBeGreaterThan(0);
  await photograph('dashboard-filtered');
  const filtered = await listedIds(page);
  await page.reload();
  await rowOf(page, filtered[0] ?? '').waitFor();
  expect(await listedIds(page)).toEqual(filtered);

  await page.getByLabel('from').fill(new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10));
  await page.getByText('Nothing matches these filters.').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await eventually(async () => (await listedIds(page)).length === 20);
  expect(new URL(page.url()).search).toBe('');
  await page.close();
});

testInBrowser('rows come, change and leave by themselves, and a screen reader is told', async () => {
  const { page } = await visitBoard('?status=INITIAL&status=PENDING');
  const { id } = await createVerification(app);
  await rowOf(page, id).getByText('Created', { exact: true }).waitFor();
  expect((await listedIds(page))[0]).toBe(id);
  force(app, id, 'pending');
  await rowOf(page, id).getByText('Uploading').waitFor();
  force(app, id, 'in_progress');
  await rowOf(page, id).waitFor({ state: 'detached' });
  // Its summary waits, so that it does not drown everything else.
  await page
    .getByTestId('announcer')
    .getByText(/updates?: .*\d+ Being checked/)
    .waitFor({ state: 'attached' });
  await page.close();
});

testInBrowser('the chart counts what ends, as a picture, in words and as a table', async () => {
  const { page } = await visitBoard();
  const canceled = page.locator('.legend li', { hasText: 'Canceled' }).locator('strong');
  await page.locator('.chart[aria-busy="false"]').waitFor();
  const before = Number(await canceled.textContent());
  expect(before).toBeGreaterThan(0);
  const { id } = await createVerification(app);
  force(app, id, 'canceled');
  await eventually(async () => Number(await canceled.textContent()) === before + 1);
  await page.getByRole('img', { name: new RegExp(`Outcomes, last 30 minutes: .*${before + 1} canceled`) }).waitFor();
  await page.getByText('As a table').click();
  const cells = await page
    .getByRole('table', { name: /Outcomes/ })
    .locator('td:last-child')
    .allTextContents();
  expect(cells.reduce((sum, cell) => sum + Number(cell), 0)).toBe(before + 1);
  await page.getByLabel('Period').selectOption('Last 14 days');
  await page.getByRole('img', { name: /last 14 days/ }).waitFor();
  await page.close();
});

testInBrowser('the detail panel opens, stays right and closes with the keyboard alone', async () => {
  const { page, photograph } = await visitBoard();
  const { id, shortId } = await createVerification(app);
  const opener = rowOf(page, id).getByRole('button');
  await opener.focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: shortId });
  await panel.waitFor();
  expect(await page.locator(':focus').getAttribute('id')).toBe('panel-heading');
  const hostedPage = panel.getByRole('link', { name: 'Hosted page of the applicant' });
  expect(await hostedPage.getAttribute('href')).toContain(shortId);

  app.simulator.control.forceVerification(id, { status: 'failed', errors: { face_comparison: [4001] } }, true);
  await panel.getByText(/The face does not fit: .*\(4001\)/).waitFor();
  await panel.getByText('Created → Failed').waitFor();
  await panel.getByText('It cannot be continued any more.').waitFor();
  await photograph('dashboard-panel');

  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  expect(await page.locator(':focus').textContent()).toBe(shortId);
  await page.close();
});

testInBrowser('whoever has the link follows one verification, with a watch token alone', async () => {
  const { page } = await visitBoard();
  const { id } = await createVerification(app);
  await rowOf(page, id).getByRole('button').click();
  await page.getByRole('button', { name: 'Copy link for the applicant' }).click();
  const link = await page.getByLabel(/It works until/).inputValue();
  expect(link).toMatch(/\/dashboard\/watch\.html#token=[\w-]+\.[\w-]+\.[\w-]+$/);

  browser ??= await openBrowser();
  const applicant = await openPage(browser);
  const requested: string[] = [];
  applicant.page.on('request', (request) => requested.push(`${request.url()} ${JSON.stringify(request.headers())}`));
  await applicant.page.goto(link);
  const news = applicant.page.getByRole('status').filter({ has: applicant.page.getByRole('heading') });
  await news.getByText('Nothing was uploaded yet').waitFor();
  force(app, id, 'in_progress');
  await news.getByRole('heading', { name: 'We are checking' }).waitFor();
  expect(await seriousFindings(applicant.page)).toEqual([]);
  force(app, id, 'verified');
  await news.getByRole('heading', { name: 'You are verified' }).waitFor();
  await applicant.photograph('dashboard-watch');
  expect(applicant.askedHosts()).toEqual([new URL(app.gateway.url).host]);
  // Neither the caller's token nor, in an address that servers write down, the applicant's.
  expect(requested.filter((line) => line.includes(TOKEN) || line.includes('token='))).toEqual([]);
  await applicant.page.goto(link.replace(/#.*/, '#token=cut'));
  await applicant.page.getByText('This link is not complete.').waitFor();
  await Promise.all([page.close(), applicant.page.close()]);
});

testInBrowser('a wrong token is told, and another one can be given', async () => {
  browser ??= await openBrowser();
  const { page } = await openPage(browser);
  await page.route('**/dashboard/', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace(TOKEN, '') });
  });
  await page.goto(`${app.gateway.url}/dashboard/#token=wrong`);
  await page.getByText('The token is wrong or has ended.').waitFor();
  expect(new URL(page.url()).hash).toBe('');
  await page.getByRole('button', { name: 'Use another token' }).first().click();
  await page.getByLabel(/Token of the gateway/).fill(TOKEN);
  await page.keyboard.press('Enter');
  await waitUntilLive(page);
  expect(await listedIds(page)).toHaveLength(20);
  await page.close();
});

testInBrowser('an answer that is older than an update does not take it back', async () => {
  browser ??= await openBrowser();
  const { page } = await openPage(browser);
  await page.goto(`${app.gateway.url}/dashboard/`);
  await waitUntilLive(page);
  const { id } = await createVerification(app);
  await rowOf(page, id).waitFor();
  let isHeld = false;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/graphql', async (route) => {
    const response = await route.fetch();
    isHeld ||= ASKS_FOR_UPLOADING.test(route.request().postData() ?? '');
    await released;
    await route.fulfill({ response });
  });
  // Another filter that lets it through: the answer is read at Dataspike now, and arrives later.
  await chooseStatus(page, 'Created');
  await chooseStatus(page, 'Uploading');
  await eventually(() => isHeld);
  force(app, id, 'pending');
  // The page itself says that it has taken the update; that its frame came would not mean so.
  await page.getByTestId('announcer').getByText('Uploading').waitFor({ state: 'attached' });
  await rowOf(page, id).getByText('Created', { exact: true }).waitFor();
  release();
  await rowOf(page, id).getByText('Uploading').waitFor();
  for (const status of await statusesOf(page)) expect(status).toMatch(/^(Created|Uploading)$/);
  expect((await listedIds(page))[0]).toBe(id);
  await page.close();
});

testInBrowser('a cursor that the gateway does not know makes the board begin again', async () => {
  browser ??= await openBrowser();
  const { page } = await openPage(browser);
  let answers = 0;
  await page.route('**/graphql', async (route) => {
    if (!(route.request().postData() ?? '').includes('BoardPage')) return route.continue();
    answers += 1;
    const response = await route.fetch();
    const body = await response.text();
    const isFirst = answers === 1;
    await route.fulfill({
      response,
      body: isFirst ? body.replace(/"eventCursor":"[^"]*"/, '"eventCursor":"?"') : body,
    });
  });
  await page.goto(`${app.gateway.url}/dashboard/`);
  await eventually(() => answers > 1, 15_000);
  await eventually(() => app.gateway.watcherCount() > 0, 15_000);
  const { id } = await createVerification(app);
  await rowOf(page, id).waitFor();
  await page.close();
});

testInBrowser.each(['light', 'dark'] as const)(
  'axe-core finds nothing serious on the %s board',
  async (colorScheme) => {
    const { page, photograph } = await visitBoard('', { colorScheme });
    const { id } = await createVerification(app);
    app.simulator.control.forceVerification(id, { status: 'failed', errors: { face_comparison: [4001] } }, true);
    await rowOf(page, id).getByText('Failed').waitFor();
    await rowOf(page, id).getByRole('button').click();
    await page.getByRole('button', { name: 'Copy link for the applicant' }).click();
    await page.getByLabel(/It works until/).waitFor();
    await page.getByText('As a table').click();
    // The colours of a row that has just changed fade.
    await page.evaluate(FADED);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByText('As a table').click();
    await photograph(`dashboard-panel-${colorScheme}`);
    if (process.env.DASHBOARD_PICTURE === colorScheme) {
      await page.screenshot({ path: path.join(__dirname, '../../docs/dashboard.png') });
    }
    await page.close();
  },
);
