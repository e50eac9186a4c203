import path from 'node:path';
import type { Locator, Page } from 'playwright-core';

/** Where `test/browser/buildDashboard.js` puts it. */
export const DASHBOARD_FOLDER = path.join(__dirname, '../../dist/dashboard');

/** The row of a verification. */
export function rowOf(page: Page, id: string): Locator {
  return page.locator(`tr[data-id="${id}"]`);
}

export const listedIds = (page: Page): Promise<string[]> =>
  page.locator('tr[data-id]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id') ?? ''));

/** Once the board is live, so that nothing that happens from now on is missed by a test. */
export async function waitUntilLive(page: Page): Promise<void> {
  await page.locator('.mark.live').waitFor();
}

export async function chooseStatus(page: Page, name: string): Promise<void> {
  await page.getByRole('checkbox', { name, exact: true }).focus();
  await page.keyboard.press('Space');
}
