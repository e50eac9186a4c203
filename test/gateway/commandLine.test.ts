import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { mutate } from '../support/mutate';
import { runCommand } from '../support/runCommand';
import { startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { createVerification, force, seedVerifications } from '../support/verifications';

let app: TestGateway;
let link: Link;
beforeAll(async () => {
  app = await startGateway();
  link = await openLink(Number(new URL(app.gateway.url).port));
});
afterAll(async () => {
  await link.close();
  await app.close();
});

/** Between a watcher and the gateway, to be cut. */
interface Link {
  readonly endpoint: string;
  /** Ends what is connected, and refuses what comes until it is mended. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

async function openLink(port: number): Promise<Link> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server: Server = createServer((socket) => {
    if (isCut) return socket.destroy();
    const gateway = connect(port, '127.0.0.1');
    for (const end of [socket, gateway]) {
      sockets.add(end);
      end.on('error', () => {});
      end.on('close', () => sockets.delete(end));
    }
    socket.pipe(gateway).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    endpoint: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    cut,
    mend() {
      isCut = false;
    },
    close() {
      cut();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

const watch = (id: string, options: readonly string[] = [], token: string = TOKEN) =>
  runCommand(['watch', id, '--endpoint', link.endpoint, ...options], { DATASPIKE_GRAPHQL_TOKEN: token });

describe('watch', () => {
  test('a line for each change, the last one is final, and it ends with 0', async () => {
    const { id } = await createVerification(app);
    const watching = watch(id);
    await watching.waitFor(/SNAPSHOT/);
    force(app, id, 'in_progress');
    await watching.waitFor(/IN_PROGRESS/);
    force(app, id, 'verified');
    expect(await watching.exitCode).toBe(0);
    const line = (kind: string, change: string) => expect.stringMatching(`^\\S+Z  ${kind}  ${change}  \\S+$`);
    expect(watching.output).toEqual([
      line('SNAPSHOT', 'INITIAL'),
      line('CHANGE  ', 'INITIAL -> IN_PROGRESS'),
      line('CHANGE  ', 'IN_PROGRESS -> VERIFIED'),
    ]);
    expect(watching.told).toEqual([]);
  });

  test('what happens while the connection is lost is told when it is back, once', async () => {
    const { id } = await createVerification(app);
    const watching = watch(id, ['--json']);
    await watching.waitFor(/SNAPSHOT/);
    force(app, id, 'in_progress');
    await watching.waitFor(/IN_PROGRESS/);
    link.cut();
    await watching.waitFor(/^The connection is lost: .+ Trying again in 0\.\d s\.$/);
    force(app, id, 'failed');
    link.mend();
    expect(await watching.exitCode).toBe(0);
    const updates = watching.output.map((text) => JSON.parse(text));
    expect(updates.map(({ kind, verification }) => [kind, verification])).toEqual([
      ['SNAPSHOT', { id, status: 'INITIAL', isFinal: false }],
      ['CHANGE', { id, status: 'IN_PROGRESS', isFinal: false }],
      ['CHANGE', { id, status: 'FAILED', isFinal: true }],
    ]);
    expect(watching.told.at(-1)).toBe('Connected again.');
  });

  test('--after goes on from a printed cursor, and ends when nothing is left to come', async () => {
    const { id } = await createVerification(app);
    const first = watch(id);
    await first.waitFor(/SNAPSHOT/);
    first.signal('SIGINT');
    expect(await first.exitCode).toBe(130);
    const cursor = first.output[0]?.split('  ').at(-1) ?? '';
    force(app, id, 'canceled');
    const second = watch(id, ['--after', cursor]);
    expect(await second.exitCode).toBe(0);
    expect(second.output.map((line) => line.split('  ').at(-2))).toEqual(['INITIAL -> CANCELED']);
    const last = second.output.at(-1)?.split('  ').at(-1) ?? '';
    const third = watch(id, ['--after', last]);
    expect(await third.exitCode).toBe(0);
    expect(third.output).toEqual([]);
  });

  test('a watch token is enough, for its verification only', async () => {
    const [id = '', other = ''] = await seedVerifications(app, 2);
    const { token } = await mutate(app, 'createWatchToken', { verificationId: id }, 'token');
    const watching = watch(id, ['--token', token], 'another token, which --token replaces');
    expect(await watching.exitCode).toBe(0);
    expect(watching.output).toEqual([expect.stringContaining('  EXPIRED  ')]);
    const refused = watch(other, [], token);
    expect(await refused.exitCode).toBe(1);
    expect(refused.told.at(-1)).toMatch(/^The gateway refuses: FORBIDDEN: /);
  });

  test('a wrong token, a wrong cursor and a wrong address end it with 1, and the token is not shown', async () => {
    const [id = ''] = await seedVerifications(app, 1);
    const unknown = watch(id, [], 'a-token-of-nobody');
    expect(await unknown.exitCode).toBe(1);
    expect(unknown.told).toEqual(['The gateway refuses: the token is missing, wrong or has expired (4403)']);
    const astray = watch(id, ['--after', 'nonsense']);
    expect(await astray.exitCode).toBe(1);
    expect(astray.told).toEqual([expect.stringMatching(/^The gateway refuses: CURSOR_INVALID: /)]);
    const nowhere = runCommand(['watch', id, '--endpoint', 'http://127.0.0.1:9/graphql'], {});
    expect(await nowhere.exitCode).toBe(1);
    expect(nowhere.told).toEqual(['The gateway cannot be reached at ws://127.0.0.1:9/graphql: ECONNREFUSED']);
  });

  test('an unknown verification is said to be unknown, and waited for until SIGTERM', async () => {
    const watching = watch('none');
    await watching.waitFor(/^There is no verification none yet\. Waiting for it\.$/);
    watching.signal('SIGTERM');
    expect(await watching.exitCode).toBe(143);
    expect(watching.output).toEqual([]);
  });

  test('Ctrl-C also ends it while nobody answers', async () => {
    const mute = createServer();
    const connected = once(mute, 'connection');
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const watching = runCommand(['watch', 'any', '--endpoint', `ws://127.0.0.1:${port}/graphql`]);
    const [socket] = (await connected) as [Socket];
    watching.signal('SIGINT');
    expect(await watching.exitCode).toBe(130);
    expect(watching.told).toEqual([]);
    socket.destroy();
    await new Promise((resolve) => mute.close(resolve));
  });
});

describe('webhook register', () => {
  const register = (url: string, environment: Record<string, string> = {}, options: readonly string[] = []) =>
    runCommand(['webhook', 'register', '--url', url, ...options], {
      DATASPIKE_API_KEY: app.simulator.apiKey,
      DATASPIKE_BASE_URL: app.simulator.url,
      ...environment,
    });
  const subscriptions = async () =>
    (await app.graphql('{ webhooks { id url eventTypes enabled isSandbox } }')).data.webhooks as { url: string }[];

  test('the secret alone is on standard output, in the form of WEBHOOK_SECRETS', async () => {
    const url = 'https://gateway.example.com/webhooks/dataspike';
    const registering = register(url);
    expect(await registering.exitCode).toBe(0);
    expect(registering.output).toEqual([expect.stringMatching(/^whsec_([0-9a-f]{2}){16,}$/)]);
    expect(registering.told.join('\n')).not.toContain(registering.output[0]);
    const created = (await subscriptions()).filter((one) => one.url === url);
    expect(created).toEqual([
      { id: expect.any(String), url, eventTypes: ['DOCVER', 'DOCVER_CHECKS'], enabled: true, isSandbox: true },
    ]);

    const check = runCommand(['check-config'], {
      DATASPIKE_API_KEY: app.simulator.apiKey,
      WEBHOOK_SECRETS: registering.output[0] ?? '',
      AUTH_DISABLED: 'true',
      HOST: '127.0.0.1',
    });
    expect(await check.exitCode).toBe(0);
  });

  test('production and other events are asked for as they are meant', async () => {
    const url = 'https://production.example.com/webhooks/dataspike';
    const registering = register(url, { DATASPIKE_ENVIRONMENT: 'production' }, ['--events', 'DOCVER, AML_SCREENING']);
    expect(await registering.exitCode).toBe(0);
    expect(await subscriptions()).toContainEqual(
      expect.objectContaining({ url, eventTypes: ['DOCVER', 'AML_SCREENING'], isSandbox: false }),
    );
  });

  test('a URL that has a subscription gets no second one', async () => {
    const url = 'http://localhost:4000/webhooks/dataspike';
    expect(await register(url).exitCode).toBe(0);
    const again = register(url);
    expect(await again.exitCode).toBe(1);
    expect(again.output).toEqual([]);
    expect(again.told).toEqual([expect.stringMatching(/^There is a subscription to this URL: \S+\. Delete it/)]);
    expect((await subscriptions()).filter((one) => one.url === url)).toHaveLength(1);
  });

  test('a key that Dataspike refuses ends it with 1, a missing one with 78, and neither is shown', async () => {
    const url = 'https://another.example.com/webhooks/dataspike';
    const refused = register(url, { DATASPIKE_API_KEY: 'a-wrong-key' });
    expect(await refused.exitCode).toBe(1);
    expect(refused.told).toEqual(['Dataspike refused the gateway']);
    const missing = register(url, { DATASPIKE_API_KEY: '' });
    expect(await missing.exitCode).toBe(78);
    expect(missing.told).toEqual(['The configuration is not usable:', '  DATASPIKE_API_KEY: is required']);
    expect((await subscriptions()).filter((one) => one.url === url)).toEqual([]);
  });
});
