import type { Browser, Page } from 'playwright-core';
import { eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { createVerification, force } from '../support/verifications';
import { browserTest, openBrowser, openPage } from './openBrowser';

const testInBrowser = browserTest();

let app: TestGateway;
let browser: Browser | null = null;
beforeAll(async () => {
  app = await startGateway({}, {}, { explorerAuthorization: `Bearer ${TOKEN}` });
});
afterAll(async () => {
  await browser?.close();
  await app.close();
});

async function visit(path: string) {
  browser ??= await openBrowser();
  const watched = await openPage(browser);
  await watched.page.goto(`${app.gateway.url}${path}`);
  return watched;
}

/** Opens the tab of an example and presses the play button. */
async function run(page: Page, operationName: string): Promise<void> {
  await page.getByRole('tab', { name: operationName }).click();
  await page.locator('.graphiql-execute-button').click();
}

const responseOf = (page: Page) => page.locator('.graphiql-response');

testInBrowser('GraphiQL runs a query and shows updates, with no other host', async () => {
  const { id } = await createVerification(app);
  const { page, askedHosts, scriptErrors, photograph } = await visit('/graphiql');
  for (const name of ['LatestVerifications', 'FailedChecks', 'WhoAmI', 'StartVerification', 'Updates'])
    await page.getByRole('tab', { name }).waitFor();
  await run(page, 'LatestVerifications');
  await responseOf(page).getByText(id).waitFor();
  await photograph('graphiql-query');

  await run(page, 'Updates');
  await eventually(() => app.gateway.watcherCount() === 1);
  force(app, id, 'canceled');
  await responseOf(page).getByText('"CANCELED"').waitFor();
  await photograph('graphiql-subscription');
  // The button stops it now.
  await page.locator('.graphiql-execute-button').click();
  await eventually(() => app.gateway.watcherCount() === 0);

  expect(askedHosts()).toEqual([new URL(app.gateway.url).host]);
  expect(scriptErrors).toEqual([]);
  await page.close();
});

testInBrowser('GraphiQL uses the token of its header editor, for updates too', async () => {
  const { page } = await visit('/graphiql');
  await page.getByRole('button', { name: 'Headers', exact: true }).click();
  for (const operationName of ['LatestVerifications', 'Updates']) {
    await page.getByRole('tab', { name: operationName }).click();
    await page.locator('.graphiql-editor-tool').getByText(TOKEN).first().click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('{"authorization": "Bearer wrong"}');
    // The editor closed brackets and quotes by itself.
    await page.keyboard.press('ControlOrMeta+Shift+End');
    await page.keyboard.press('Delete');
    const answered = page.waitForResponse((response) => {
      const request = response.request();
      return `${request.url()} ${request.postData()}`.includes(operationName);
    });
    await page.locator('.graphiql-execute-button').click();
    expect((await answered).status()).toBe(401);
    await responseOf(page).getByText('UNAUTHENTICATED').waitFor();
  }
  expect(app.gateway.watcherCount()).toBe(0);
  await page.close();
});

testInBrowser('GraphiQL shows the descriptions of the schema', async () => {
  const { page, photograph } = await visit('/graphiql');
  await page.getByRole('button', { name: /Documentation Explorer/ }).click();
  const docs = page.locator('.graphiql-plugin');
  await docs.getByRole('link', { name: 'Query', exact: true }).click();
  await docs.getByText('Verifications, in the order of Dataspike.').waitFor();
  await docs.getByRole('link', { name: 'Verification', exact: true }).first().click();
  await docs.getByText('One attempt to verify an applicant.').waitFor();
  await photograph('graphiql-descriptions');
  await page.close();
});

testInBrowser("Apollo Sandbox is asked to show this gateway, and its page works without Apollo's host", async () => {
  browser ??= await openBrowser();
  const { page, scriptErrors, askedHosts, photograph } = await openPage(browser);
  // Nothing in a test asks the internet.
  await page.route(/apollographql/, (route) => route.abort());
  await page.goto(`${app.gateway.url}/`);
  const frame = page.locator('#sandbox iframe');
  await frame.waitFor({ state: 'attached' });
  const source = new URL((await frame.getAttribute('src')) ?? '');
  const { host } = new URL(app.gateway.url);
  expect(source.host).toBe('sandbox.embed.apollographql.com');
  expect(source.searchParams.get('endpoint')).toBe(`http://${host}/graphql`);
  expect(source.searchParams.get('subscriptionEndpoint')).toBe(`ws://${host}/graphql`);
  expect(source.searchParams.get('defaultHeaders')).toBe(JSON.stringify({ authorization: `Bearer ${TOKEN}` }));
  expect(source.searchParams.get('defaultDocument')).toContain('subscription Updates');
  expect(await page.getByRole('link', { name: 'GraphiQL' }).getAttribute('href')).toBe('graphiql');
  expect(scriptErrors).toEqual([]);
  expect(askedHosts().sort()).toEqual([host, 'sandbox.embed.apollographql.com']);
  await photograph('sandbox');
  await page.close();
});
