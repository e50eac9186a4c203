import { sendRaw } from '../support/rawHttp';
import { startGateway, type TestGateway } from '../support/startGateway';

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

let app: TestGateway;
let withoutExplorer: TestGateway;
beforeAll(async () => {
  app = await startGateway({ PUBLIC_URL: 'https://kyc.example.com/' });
  withoutExplorer = await startGateway({ EXPLORER: 'false' });
});
afterAll(async () => {
  await app.close();
  await withoutExplorer.close();
});

const visit = (path: string, of = app) => fetch(`${of.gateway.url}${path}`, { headers: BROWSER });

test.each(['/', '/graphql'])('a browser that opens %s finds Apollo Sandbox, ready to ask', async (path) => {
  const response = await visit(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const page = await response.text();
  expect(page).toContain('"initialEndpoint":"https://kyc.example.com/graphql"');
  expect(page).toContain('"initialSubscriptionEndpoint":"wss://kyc.example.com/graphql"');
  expect(page).toContain('"headers":{"authorization":"Bearer <your token>"}');
  expect(page).toContain('EmbeddedSandbox');
  expect(page).not.toMatch(/<script[^>]+src=/);
});

test('without a public URL the pages point to the port that was bound', async () => {
  const plain = await startGateway();
  try {
    const { port } = new URL(plain.gateway.url);
    expect(await (await visit('/', plain)).text()).toContain(`"initialEndpoint":"http://localhost:${port}/graphql"`);
  } finally {
    await plain.close();
  }
});

test('GraphiQL is whole in one page: nothing is loaded from another host', async () => {
  const page = await (await visit('/graphiql')).text();
  expect(page).toContain('Authorization header below');
  const loads = [
    // Elements that load; hrefs of links that a person may click are not among them.
    /<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=["']?(?:https?:)?\/\/[^"'\s>]+/gi,
    /\bsrc:\s*["'`](?:https?:)?\/\/[^"'`]+/g,
    /\b(?:import|importScripts|Worker)\s*\(?\s*["'`](?:https?:)?\/\/[^"'`]+/g,
    /\bfrom\s*["'`](?:https?:)?\/\/[^"'`]+/g,
    /(?:@import|url\()\s*["']?(?:https?:)?\/\/[^"')]+/g,
  ];
  expect(loads.flatMap((load) => page.match(load) ?? [])).toEqual([]);
});

test.each(['/', '/graphiql'])('%s is not there when the explorer is off', async (path) => {
  expect((await visit(path, withoutExplorer)).status).toBe(404);
});

test('a browser that opens /graphql gets no page when the explorer is off', async () => {
  const response = await visit('/graphql', withoutExplorer);
  expect(response.status).toBe(401);
  expect(response.headers.get('content-type')).toContain('json');
});

test.each(['/livez', '/readyz'])('%s is 200 without a token while the gateway serves', async (path) => {
  expect((await fetch(`${app.gateway.url}${path}`)).status).toBe(200);
  expect((await fetch(`${app.gateway.url}${path}`, { method: 'HEAD' })).status).toBe(200);
});

test.each(['/', '/graphiql', '/livez', '/readyz'])('%s is only for reading', async (path) => {
  const response = await fetch(`${app.gateway.url}${path}`, { method: 'POST', body: 'x' });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET, HEAD');
});

test.each(['/nowhere', '/graphql/', '/GraphQL', '/__proto__', '/constructor', '/graphql%2f', '/livez;x'])(
  '%s is not found',
  async (path) => {
    const response = await visit(path);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('There is nothing here\n');
  },
);

async function statusOf(target: string): Promise<number> {
  const request = `GET ${target} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n`;
  return (await sendRaw(app.gateway.url, [request])).status;
}

test.each([
  ['//graphql', 404],
  ['//kyc.example.com/graphql', 404],
  ['/\\graphql', 404],
  ['*', 400],
  ['http://[/graphql', 400],
  ['http://other.example/nowhere', 404],
  ['http://other.example/livez', 200],
  ['/../../etc/passwd', 404],
  ['/livez?\u0001', 400],
])('the request target %j is answered %i', async (target, status) => {
  expect(await statusOf(target)).toBe(status);
});

test('a request target of 20,000 characters is answered 431', async () => {
  expect(await statusOf(`/${'a'.repeat(20_000)}`)).toBe(431);
});

test('the gateway is no proxy: CONNECT is hung up on', async () => {
  const answer = await sendRaw(app.gateway.url, ['CONNECT other.example:443 HTTP/1.1\r\nhost: other.example\r\n\r\n']);
  expect(answer.text).toBe('');
});

test('after hostile requests the gateway still serves, and nothing was logged as an error', async () => {
  expect((await app.graphql('{ __typename }')).data).toEqual({ __typename: 'Query' });
  expect(app.logLines().filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
});
