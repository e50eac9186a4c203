import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDashboardPages } from '../../src/server/dashboardPages';
import { sendRaw } from '../support/rawHttp';
import { startGateway, type TestGateway, TOKEN } from '../support/startGateway';

const parent = mkdtempSync(path.join(tmpdir(), 'dashboard-'));
const folder = path.join(parent, 'built');
let app: TestGateway;
beforeAll(async () => {
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  writeFileSync(path.join(parent, 'secret.js'), 'beside the folder');
  writeFileSync(path.join(folder, 'index.html'), '<meta name="dataspike-token" content=""><p>board');
  writeFileSync(path.join(folder, 'watch.html'), '<meta name="dataspike-token" content=""><p>watch');
  writeFileSync(path.join(folder, 'assets/index-1a2b.js'), 'script');
  writeFileSync(path.join(folder, '.built-from'), 'stamp');
  app = await startGateway({}, {}, { dashboard: { folder, token: TOKEN } });
});
afterAll(async () => {
  await app.close();
  rmSync(parent, { recursive: true });
});

const get = (route: string, init?: RequestInit) => fetch(`${app.gateway.url}${route}`, { redirect: 'manual', ...init });

test('the board holds the token of the demo, and is kept by nobody', async () => {
  for (const route of ['/dashboard/', '/dashboard/index.html']) {
    const response = await get(route);
    expect(await response.text()).toBe(`<meta name="dataspike-token" content="${TOKEN}"><p>board`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  }
});

test('the page for applicants holds no token', async () => {
  expect(await (await get('/dashboard/watch.html')).text()).not.toContain(TOKEN);
});

test('its pages may load and ask nothing but this gateway, and nobody may frame them', async () => {
  const { headers } = await get('/dashboard/');
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  );
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});

test('what is named by its content is kept for ever', async () => {
  const { headers } = await get('/dashboard/assets/index-1a2b.js');
  expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
});

test('without its last slash the address is corrected', async () => {
  const response = await get('/dashboard');
  expect(response.status).toBe(308);
  expect(response.headers.get('location')).toBe('/dashboard/');
});

test('it is read only', async () => {
  expect((await get('/dashboard/', { method: 'HEAD' })).status).toBe(200);
  const refused = await get('/dashboard/', { method: 'POST' });
  expect(refused.status).toBe(405);
  expect(refused.headers.get('allow')).toBe('GET, HEAD');
});

test.each([
  '/dashboard/../secret.js',
  '/dashboard/assets/../../secret.js',
  '/dashboard/..%2fsecret.js',
  '/dashboard/%2e%2e/secret.js',
  '/dashboard/..%5csecret.js',
  '/dashboard//secret.js',
  '/dashboard/assets/',
  '/dashboard/assets',
  '/dashboard/.built-from',
  '/dashboard/%00',
])('%s is nothing', async (target) => {
  const { status, text } = await sendRaw(app.gateway.url, [
    `GET ${target} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n`,
  ]);
  expect(status).toBe(404);
  expect(text).not.toContain('beside the folder');
});

test('a token that would end its place in the page is refused', () => {
  expect(() => createDashboardPages({ folder, token: '"><script>' })).toThrow('RFC 6750');
});
