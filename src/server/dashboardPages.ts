import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { send } from './httpError';
import { dashboardHeaders } from './security';

/** The built dashboard below `/dashboard/`. */
export interface DashboardPages {
  /** @returns what answers a GET of this path; null where there is nothing */
  find(pathname: string): ((response: ServerResponse) => void) | null;
}

interface Page {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Where the page of the board has room for a token. */
const TOKEN_PLACE = '<meta name="dataspike-token" content="">';

/**
 * Reads every file into memory: only what was built can ever be answered, whatever a path says.
 * @param folder of the built dashboard
 * @param token given to whoever opens the board; for the demo on this machine only. The page for applicants never has it
 * @throws what reading throws, when the folder is not there
 */
export function createDashboardPages({ folder, token }: { folder: string; token: string }): DashboardPages {
  const pages = new Map<string, Page>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = MEDIA_TYPES[path.extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file).split(path.sep).join('/');
    const content = readFileSync(file);
    pages.set(`/dashboard/${name}`, {
      headers: { ...dashboardHeaders(), 'content-type': type, 'cache-control': cacheControl(name) },
      body: name === 'index.html' ? withToken(content, token) : content,
    });
  }
  const board = pages.get('/dashboard/index.html');
  if (board) pages.set('/dashboard/', board);

  return {
    find(pathname) {
      if (pathname === '/dashboard') return (response) => send(response, 308, { location: '/dashboard/' });
      const page = pages.get(pathname);
      return page ? (response) => send(response, 200, page.headers, page.body) : null;
    },
  };
}

/** Vite names what stands in `assets` by its content; the pages may hold a token. */
function cacheControl(name: string): string {
  return name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
}

function withToken(page: Buffer, token: string): Buffer {
  if (!/^[\w.~+/=-]+$/.test(token)) throw new Error('A token has characters that no Bearer token has (RFC 6750)');
  return Buffer.from(page.toString().replace(TOKEN_PLACE, TOKEN_PLACE.replace('""', `"${token}"`)));
}
