import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { fetchExchange, subscriptionExchange, Client as UrqlClient } from '@urql/core';
import { OperationTypeNode, print } from 'graphql';
import type { Client as WsClient } from 'graphql-ws';
import { graphql } from '../generated';
import type { ReadVerificationQuery, WatchVerificationSubscription } from '../generated/graphql';
import { eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { createVerification, force } from '../support/verifications';

const READ = graphql(`
  query ReadVerification($id: ID!) {
    verification(id: $id) {
      id
      status
      isFinal
      createdAt
      applicant {
        id
        verificationStatus
      }
    }
  }
`);

const WATCH = graphql(`
  subscription WatchVerification($id: ID!) {
    verificationUpdated(verificationId: $id) {
      cursor
      kind
      verification {
        id
        status
      }
    }
  }
`);

const MISUSE = graphql(`
  query Misuse {
    verifications(first: 0) {
      nodes {
        id
      }
    }
  }
`);

const HEADERS = { authorization: `Bearer ${TOKEN}` };

/** What a frontend does with the gateway, through the library of its choice. */
interface Frontend {
  read(id: string): Promise<ReadVerificationQuery | undefined>;
  /** @returns how to stop */
  watch(id: string, onUpdate: (update: WatchVerificationSubscription) => void): () => void;
  /** Sends an operation that is refused. @returns the codes of the errors, as the library shows them */
  misuse(): Promise<unknown[]>;
  close?(): void;
}

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway();
});
afterAll(() => app.close());

const FRONTENDS: readonly [library: string, build: (url: string, socket: WsClient) => Frontend | Promise<Frontend>][] =
  [
    ['graphql-ws', buildWithGraphqlWs],
    ['Apollo Client', buildWithApolloClient],
    ['urql', buildWithUrql],
    ['graphql-request, graphql-ws beside it', buildWithGraphqlRequest],
  ];

test.each(FRONTENDS)('%s queries, watches and understands a refusal', async (_library, build) => {
  const { id, applicantId } = await createVerification(app);
  const frontend = await build(`${app.gateway.url}/graphql`, app.webSocketClient());
  expect((await frontend.read(id))?.verification).toMatchObject({
    id,
    status: 'INITIAL',
    isFinal: false,
    createdAt: expect.stringMatching(/Z$/),
    applicant: { id: applicantId, verificationStatus: 'INITIAL' },
  });
  expect(await frontend.misuse()).toEqual(['BAD_USER_INPUT']);

  const updates: string[] = [];
  const stop = frontend.watch(id, ({ verificationUpdated: { kind, verification } }) => {
    updates.push(`${kind} ${verification.status}`);
  });
  await eventually(() => updates.length === 1);
  force(app, id, 'pending');
  await eventually(() => updates.length === 2);
  force(app, id, 'canceled');
  await eventually(() => updates.length === 3);
  expect(updates).toEqual(['SNAPSHOT INITIAL', 'CHANGE PENDING', 'CHANGE CANCELED']);
  stop();
  await eventually(() => app.gateway.watcherCount() === 0);
  frontend.close?.();
});

test("an update refreshes what Apollo Client's cache shows, without another query", async () => {
  const { id } = await createVerification(app);
  const client = createApolloClient(`${app.gateway.url}/graphql`, app.webSocketClient());
  const shown: (string | undefined)[] = [];
  const query = client.watchQuery({ query: READ, variables: { id } });
  const subscriptions = [
    query.subscribe(({ data }) => void shown.push(data?.verification?.status)),
    client.subscribe({ query: WATCH, variables: { id } }).subscribe({}),
  ];
  await eventually(() => shown.includes('INITIAL') && app.gateway.watcherCount() === 1);
  force(app, id, 'verified');
  await eventually(() => shown.at(-1) === 'VERIFIED');
  for (const subscription of subscriptions) subscription.unsubscribe();
  client.stop();
});

function buildWithGraphqlWs(_url: string, socket: WsClient): Frontend {
  return {
    async read(id) {
      for await (const { data } of socket.iterate<ReadVerificationQuery>({ query: print(READ), variables: { id } })) {
        return data ?? undefined;
      }
      return undefined;
    },
    watch: (id, onUpdate) => watchOverSocket(socket, id, onUpdate),
    async misuse() {
      for await (const { errors } of socket.iterate({ query: print(MISUSE) })) {
        return (errors ?? []).map(({ extensions }) => extensions?.code);
      }
      return [];
    },
  };
}

function createApolloClient(url: string, socket: WsClient): ApolloClient {
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: url, headers: HEADERS }),
  );
  return new ApolloClient({ link, cache: new InMemoryCache() });
}

function buildWithApolloClient(url: string, socket: WsClient): Frontend {
  const client = createApolloClient(url, socket);
  return {
    read: async (id) => (await client.query({ query: READ, variables: { id } })).data,
    watch(id, onUpdate) {
      const subscription = client.subscribe({ query: WATCH, variables: { id } }).subscribe(({ data }) => {
        if (data) onUpdate(data);
      });
      return () => subscription.unsubscribe();
    },
    async misuse() {
      const error: unknown = await client.query({ query: MISUSE }).catch((reason: unknown) => reason);
      return CombinedGraphQLErrors.is(error) ? error.errors.map(({ extensions }) => extensions?.code) : [];
    },
    close: () => client.stop(),
  };
}

function buildWithUrql(url: string, socket: WsClient): Frontend {
  const client = new UrqlClient({
    url,
    preferGetMethod: false,
    fetchOptions: { headers: HEADERS },
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables: { ...variables } }, sink) }),
        }),
      }),
    ],
  });
  return {
    read: async (id) => (await client.query(READ, { id })).data,
    watch(id, onUpdate) {
      const { unsubscribe } = client.subscription(WATCH, { id }).subscribe(({ data }) => {
        if (data) onUpdate(data);
      });
      return unsubscribe;
    },
    async misuse() {
      const { error } = await client.query(MISUSE, {});
      return (error?.graphQLErrors ?? []).map(({ extensions }) => extensions.code);
    },
  };
}

async function buildWithGraphqlRequest(url: string, socket: WsClient): Promise<Frontend> {
  // Its types are an ES module's.
  const { ClientError, GraphQLClient } = await import('graphql-request');
  const client = new GraphQLClient(url, { headers: HEADERS });
  return {
    read: (id) => client.request(READ, { id }),
    watch: (id, onUpdate) => watchOverSocket(socket, id, onUpdate),
    async misuse() {
      const error: unknown = await client.request(MISUSE).catch((reason: unknown) => reason);
      return error instanceof ClientError ? (error.response.errors ?? []).map(({ extensions }) => extensions.code) : [];
    },
  };
}

function watchOverSocket(
  socket: WsClient,
  id: string,
  onUpdate: (update: WatchVerificationSubscription) => void,
): () => void {
  return socket.subscribe<WatchVerificationSubscription>(
    { query: print(WATCH), variables: { id } },
    {
      next: ({ data }) => {
        if (data) onUpdate(data);
      },
      error: () => undefined,
      complete: () => undefined,
    },
  );
}
