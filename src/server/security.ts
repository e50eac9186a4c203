import type { ServerResponse } from 'node:http';

/** Nothing that this API answers is a page, and nobody else's page may frame or embed it. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/**
 * On every answer; a handler may say something else for its own. The set of helmet, as far as it means something for an
 * API: the rest of it speaks to pages.
 * @param isHttps how the gateway is reached from outside; HSTS over plain HTTP would be ignored or lock a developer out
 */
export function setSecurityHeaders(response: ServerResponse, isHttps: boolean): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('content-security-policy', API_POLICY);
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cache-control', 'no-store');
  if (isHttps) response.setHeader('strict-transport-security', 'max-age=31536000');
}

/**
 * The explorers: their scripts stand in the page, GraphiQL's editor works in blobs, and Sandbox is a frame of Apollo's
 * that asks through this page.
 * @param publicUrl what Sandbox's operations are sent to
 */
export function explorerPageHeaders(publicUrl: string): Readonly<Record<string, string>> {
  const { origin } = new URL(publicUrl);
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: https:",
    "font-src 'self' data:",
    'worker-src blob: data:',
    `connect-src 'self' ${origin} ${origin.replace(/^http/, 'ws')} data: blob:`,
    'frame-src https://sandbox.embed.apollographql.com',
    "frame-ancestors 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return {
    'content-security-policy': policy,
    'x-frame-options': 'SAMEORIGIN',
    // Sandbox signs in through a window that it opens.
    'cross-origin-opener-policy': 'same-origin-allow-popups',
  };
}

/** The dashboard: everything it needs is its own, and it asks nobody but this gateway. */
export function dashboardHeaders(): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    // WebSockets of the same host included (CSP Level 3).
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return { 'content-security-policy': policy };
}
