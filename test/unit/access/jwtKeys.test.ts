import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { createJwksKeys } from '../../../src/access/jwtKeys';
import { createLogger } from '../../../src/logger';

const servers: Server[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

let clockMs = 0;
beforeEach(() => {
  clockMs = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => clockMs);
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
}

async function makeKey(kid: string): Promise<JWK> {
  const { publicKey } = await generateKeyPair('ES256');
  return { ...(await exportJWK(publicKey)), kid, alg: 'ES256' };
}

async function openKeys(initial: JWK[]) {
  const state = { keys: initial, requests: 0, status: 200 };
  const lines: string[] = [];
  const url = await serve((_request, response) => {
    state.requests += 1;
    response.writeHead(state.status).end(JSON.stringify({ keys: state.keys }));
  });
  const findKey = createJwksKeys({ url, logger: createLogger('trace', { write: (line) => void lines.push(line) }) });
  const find = (kid: string) => findKey({ alg: 'ES256', kid }, { payload: '', signature: '' });
  return { state, lines, find };
}

test('keys are fetched with the first token, and asked for again in the background after ten minutes', async () => {
  const { state, find } = await openKeys([await makeKey('a')]);
  expect(state.requests).toBe(0);
  await find('a');
  clockMs += 600_000;
  await find('a');
  expect(state.requests).toBe(1);
  clockMs += 1;
  state.status = 500;
  await find('a');
  await expectSoon(() => state.requests === 2);
  // An old key is better than none.
  await find('a');
});

test('a withdrawn key is refused after the next fetch', async () => {
  const { state, find } = await openKeys([await makeKey('a')]);
  await find('a');
  state.keys = [await makeKey('b')];
  clockMs += 600_001;
  await find('a');
  await expectSoon(async () => {
    try {
      await find('a');
      return false;
    } catch {
      return true;
    }
  });
});

test('an unknown key is asked for at once, then not for five seconds, however many come', async () => {
  const { state, find } = await openKeys([await makeKey('a')]);
  await find('a');
  await Promise.all(Array.from({ length: 10 }, (_, n) => expect(find(`made up ${n}`)).rejects.toThrow()));
  expect(state.requests).toBe(2);
  state.keys.push(await makeKey('b'));
  clockMs += 4_999;
  await expect(find('b')).rejects.toThrow();
  expect(state.requests).toBe(2);
  clockMs += 1;
  await find('b');
  expect(state.requests).toBe(3);
});

test('that keys cannot be read is logged once a minute, without the address', async () => {
  const { state, lines, find } = await openKeys([]);
  state.status = 503;
  for (let n = 0; n < 12; n += 1) {
    await expect(find('a')).rejects.toThrow();
    clockMs += 5_000;
  }
  expect(lines).toHaveLength(1);
  await expect(find('a')).rejects.toThrow();
  expect(lines).toHaveLength(2);
  expect(lines.join('')).not.toContain('127.0.0.1');
});

test('a redirect is not followed', async () => {
  let hits = 0;
  const target = await serve((_request, response) => {
    hits += 1;
    response.end('{"keys":[]}');
  });
  const url = await serve((_request, response) => response.writeHead(302, { location: target }).end());
  const findKey = createJwksKeys({ url, logger: createLogger('silent') });
  await expect(findKey({ alg: 'ES256', kid: 'a' }, { payload: '', signature: '' })).rejects.toThrow();
  expect(hits).toBe(0);
});

test('an answer that never ends is given up, and the next token asks anew', async () => {
  let requests = 0;
  const key = await makeKey('a');
  const url = await serve((_request, response) => {
    requests += 1;
    if (requests > 1) response.end(JSON.stringify({ keys: [key] }));
    else response.write('{"keys":[');
  });
  const findKey = createJwksKeys({ url, logger: createLogger('silent'), timeoutMs: 100 });
  const find = () => findKey({ alg: 'ES256', kid: 'a' }, { payload: '', signature: '' });
  await expect(find()).rejects.toThrow();
  clockMs += 5_000;
  await find();
});

async function expectSoon(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 200; n += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('It did not happen in time');
}
