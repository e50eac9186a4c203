import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { createGatewayProcesses, type GatewayProcesses, type RunningGateway } from '../support/gatewayProcesses';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redisServer';
import { TOKEN } from '../support/startGateway';
import { DASHBOARD_FOLDER, rowOf, waitUntilLive } from './dashboardPage';
import { browserTest, openBrowser, openPage } from './openBrowser';

const testInBrowser = browserTest();

let processes: GatewayProcesses;
let browser: Browser | null = null;
let ids: string[];
beforeAll(async () => {
  processes = await createGatewayProcesses();
  ids = await processes.seed(30);
  for (const id of ids) await processes.change(id, 'initial');
});
afterAll(async () => {
  await browser?.close();
  await processes.close();
});

/** The built pages come from disk, as from a host of their own; everything else from the gateway. */
async function visitBoard(url: string) {
  browser ??= await openBrowser();
  const watched = await openPage(browser);
  await watched.page.route(`${url}/dashboard/**`, (route) => {
    const name = new URL(route.request().url()).pathname.replace('/dashboard/', '') || 'index.html';
    return route.fulfill({ path: path.join(DASHBOARD_FOLDER, name) });
  });
  await watched.page.goto(`${url}/dashboard/#token=${TOKEN}`);
  await waitUntilLive(watched.page);
  return watched;
}

/** The id of the row at this place, from 0. */
async function idAt(page: Page, index: number): Promise<string> {
  return (await page.locator('tr[data-id]').nth(index).getAttribute('data-id')) ?? '';
}

async function kill(gateway: RunningGateway): Promise<void> {
  gateway.kill('SIGKILL');
  await gateway.exited;
}

const portOf = ({ url }: RunningGateway): string => new URL(url).port;

describeWithRedis('with a shared log', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  testInBrowser('a gateway that is killed costs a banner and not one update', async () => {
    const environment = { REDIS_URL: redis.url };
    const [first, other] = [await processes.start(environment), await processes.start(environment)];
    const { page, photograph } = await visitBoard(first.url);
    const changed = await Promise.all([0, 1, 2, 3].map((index) => idAt(page, index)));
    const [before = '', ...meanwhile] = changed;
    await processes.deliver(await processes.change(before, 'pending'), first.url);
    await rowOf(page, before).getByText('Uploading').waitFor();

    await kill(first);
    await page.getByText('Connection lost.').waitFor();
    await page.locator('.mark.lost').waitFor();
    await photograph('dashboard-lost');
    for (const id of meanwhile) {
      for (const status of ['pending', 'failed'] as const) {
        expect(await processes.deliver(await processes.change(id, status), other.url)).toBe(200);
      }
    }
    expect(await page.locator('.badge.failed').count()).toBe(0);

    const again = await processes.start({ ...environment, PORT: portOf(first) });
    await page.getByText('Caught up on 6 updates, none was missed.').waitFor();
    for (const id of meanwhile) await rowOf(page, id).getByText('Failed').waitFor();
    await photograph('dashboard-caught-up');

    await processes.deliver(await processes.change(before, 'verified'), again.url);
    await rowOf(page, before).getByText('Verified').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('Caught up on').waitFor({ state: 'detached' });
    await page.close();
    await Promise.all([kill(again), kill(other)]);
  });
});

testInBrowser('a gateway that lost its log says where everything stands now', async () => {
  const first = await processes.start();
  const { page, photograph } = await visitBoard(first.url);
  const id = await idAt(page, 5);
  await kill(first);
  await page.getByText('Connection lost.').waitFor();
  // Nobody is told: only the state at Dataspike changes.
  await processes.change(id, 'canceled');
  const again = await processes.start({ PORT: portOf(first) });
  await page.getByText('The changes in between are gone at the gateway').waitFor();
  await rowOf(page, id).getByText('Canceled').waitFor();
  await photograph('dashboard-resync');
  await page.close();
  await kill(again);
});
