import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM_PATH = process.env.CHROMIUM_PATH || '/usr/bin/chromium';
const SCREENSHOTS = path.join(__dirname, 'screenshots');
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A page that a test answers itself counts as one of the internet, which may not open a WebSocket to this machine.
  '--disable-features=LocalNetworkAccessChecks',
];

/**
 * `test`, or its skipping kind where no Chromium is there. Says so in a line; with REQUIRE_CHROMIUM=1 the tests run all
 * the same, and fail.
 */
export function browserTest(): jest.It {
  if (existsSync(CHROMIUM_PATH) || process.env.REQUIRE_CHROMIUM === '1') return test;
  process.stderr.write(
    'There is no Chromium at CHROMIUM_PATH: skipping tests (REQUIRE_CHROMIUM=1 makes this a failure)\n',
  );
  return test.skip as jest.It;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM_PATH, args: ARGUMENTS });
}

/** A page with what went wrong in it, and the hosts that it asked for anything. */
export interface WatchedPage {
  readonly page: Page;
  /** Messages of uncaught errors in scripts. */
  readonly scriptErrors: string[];
  /** host:port, without repeats; what comes from the page itself has none. */
  askedHosts(): string[];
  /** Into test/browser/screenshots, for people. @param name without extension */
  photograph(name: string): Promise<void>;
}

export async function openPage(
  browser: Browser,
  { colorScheme = 'light' }: { colorScheme?: 'light' | 'dark' } = {},
): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme });
  const hosts = new Set<string>();
  const scriptErrors: string[] = [];
  const note = (url: string) => {
    const { protocol, host } = new URL(url);
    if (/^(https?|wss?):$/.test(protocol)) hosts.add(host);
  };
  page.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  page.on('pageerror', (error) => scriptErrors.push(error.message));
  return {
    page,
    scriptErrors,
    askedHosts: () => [...hosts],
    async photograph(name) {
      mkdirSync(SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
    },
  };
}
