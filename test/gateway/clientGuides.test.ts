import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type GraphQLInterfaceType, parse } from 'graphql';
import type { Client } from 'graphql-ws';
import {
  createOperationDescriptor,
  type Environment,
  fetchQuery,
  getRequest,
  getSingularSelector,
  type SingularReaderSelector,
} from 'relay-runtime';
import WebSocket from 'ws';
import { createSchema } from '../../src/graphql/schema';
import { writeGuideModules } from '../support/guideModules';
import { eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { createVerification, force } from '../support/verifications';

const ROOT = path.join(__dirname, '../..');
const PAGES = ['live', 'apollo-client', 'urql', 'relay'].map((name) => `clients/${name}.md`);
const getToken = () => TOKEN;

let app: TestGateway;
let folder: string;
let sockets: Client[] = [];
// biome-ignore lint/suspicious/noExplicitAny: the guides' modules are known when they run
const load = (name: string): any => require(path.join(folder, name));
const url = () => `${app.gateway.url}/graphql`;

beforeAll(async () => {
  // As a browser has it; Node has it from version 22 on.
  Object.assign(globalThis, { WebSocket });
  app = await startGateway();
  for (let count = 0; count < 22; count += 1) await createVerification(app);
  folder = writeGuideModules(PAGES);
  compileRelay();
});
afterEach(async () => {
  await Promise.all(sockets.map((socket) => socket.dispose()));
  sockets = [];
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

function openSocket(): Client {
  const socket: Client = load('live').createSocket(url(), getToken);
  sockets.push(socket);
  return socket;
}

const FRONTENDS = [
  ['Apollo Client', 'apollo', 'createApolloClient'],
  ['urql', 'urql', 'createUrqlClient'],
] as const;

test.each(FRONTENDS)(
  'with %s, a board has its pages and stays right through a break',
  async (_name, module, create) => {
    const { [create]: createClient, showBoard, codesOf } = load(module);
    const socket = openSocket();
    const client = createClient(url(), socket, getToken);
    let shown: Node[] = [];
    const board = await showBoard(client, (verifications: Node[]) => {
      shown = verifications;
    });
    await eventually(() => shown.length === 20);
    await board.more();
    await eventually(() => shown.length > 20);
    await stayRight(socket, () => shown);

    const misuse = { query: parse('{ verifications(first: 0) { nodes { id } } }') };
    const refused = await (module === 'urql'
      ? client.query(misuse.query, {})
      : client.query(misuse).catch((error: unknown) => ({ error })));
    expect(codesOf(refused.error)).toEqual(['BAD_USER_INPUT']);
    board.close();
  },
);

test('with Relay, a board has its pages and stays right through a break', async () => {
  const { createEnvironment } = load('environment');
  const { followBoard, boardQuery, boardList } = load('board');
  const socket = openSocket();
  const environment: Environment = createEnvironment(url(), socket, getToken);
  const following = await followBoard(environment);
  const page = (): Page => {
    const { data } = environment.lookup(createOperationDescriptor(getRequest(boardQuery), {}).fragment);
    const list = getSingularSelector(boardList, data) as SingularReaderSelector;
    return (environment.lookup(list).data as unknown as { verifications: Page }).verifications;
  };
  const shown = () => page().edges.map(({ node }) => node);
  expect(shown()).toHaveLength(20);
  const { default: nextPage } = load('__generated__/boardPageQuery.graphql');
  await fetchQuery(environment, nextPage, { first: 20, after: page().pageInfo.endCursor }).toPromise();
  expect(shown().length).toBeGreaterThan(20);
  await stayRight(socket, shown);
  following.dispose();
});

test('the types behind UserError that the guide tells Apollo Client are those of the schema', () => {
  const client = load('apollo').createApolloClient(url(), openSocket(), getToken);
  const schema = createSchema();
  const types = schema.getPossibleTypes(schema.getType('UserError') as GraphQLInterfaceType).map(String);
  expect(client.cache.config.possibleTypes.UserError.toSorted()).toEqual(types.toSorted());
});

interface Page {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly endCursor: string };
}

interface Node {
  readonly id: string;
  readonly status: string;
}

/** Lets something happen before and during a break of the connection: each change must be shown. */
async function stayRight(socket: Client, shown: () => readonly Node[]): Promise<void> {
  const id = shown().find(({ status }) => status === 'INITIAL')?.id ?? '';
  const status = () => shown().find((one) => one.id === id)?.status;
  await eventually(() => app.gateway.watcherCount() === 1);
  force(app, id, 'pending');
  await eventually(() => status() === 'PENDING');
  socket.terminate();
  await eventually(() => app.gateway.watcherCount() === 0);
  force(app, id, 'verified');
  await eventually(() => status() === 'VERIFIED');
}

/** What relay-compiler and babel-plugin-relay do in a build. */
function compileRelay(): void {
  const page = readFileSync(path.join(ROOT, 'docs/clients/relay.md'), 'utf8');
  const [, config = ''] = /^```json\n(.*?)^```/ms.exec(page) ?? [];
  writeFileSync(path.join(folder, 'relay.config.json'), config);
  copyFileSync(path.join(ROOT, 'schema.graphql'), path.join(folder, 'schema.graphql'));
  execFileSync(process.execPath, [require.resolve('relay-compiler/cli.js')], { cwd: folder });
  const board = path.join(folder, 'board.ts');
  const source = readFileSync(board, 'utf8').replace(
    /graphql`\s*\w+ (\w+).*?`/gs,
    (_tag, name) => `require('./__generated__/${name}.graphql').default`,
  );
  writeFileSync(board, source);
}
