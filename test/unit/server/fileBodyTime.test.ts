import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { boundBodyTime } from '../../../src/server/bodyTime';
import { sendRaw } from '../../support/rawHttp';

async function withServer(work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    boundBodyTime(request, response, 200);
    request.on('error', () => {});
    request.resume().once('end', () => response.end('whole'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const HEAD = 'POST / HTTP/1.1\r\nhost: x\r\n';

test.each([
  ['announced', ['content-length: 9\r\n\r\n', 'a']],
  ['in chunks', ['transfer-encoding: chunked\r\n\r\n', '1\r\na\r\n']],
])('a body %s that does not come in time ends its connection with 408', (_how, [framing, piece]) =>
  withServer(async (url) => {
    const startedAt = performance.now();
    const answer = await sendRaw(url, [`${HEAD}${framing}`, piece ?? '']);
    expect(answer.status).toBe(408);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  }),
);

test('a body that comes in time is read, and one that is not due is not waited for', () =>
  withServer(async (url) => {
    const close = 'connection: close\r\n';
    expect((await sendRaw(url, [`${HEAD}${close}content-length: 2\r\n\r\n`, 'ab'], 20)).text).toContain('whole');
    expect((await sendRaw(url, [`GET / HTTP/1.1\r\nhost: x\r\n${close}\r\n`])).text).toContain('whole');
  }));
