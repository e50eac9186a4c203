import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { ErrorLink } from '@apollo/client/link/error';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { graphql } from '../generated';
import { type ConnectionEvent, type ConnectionState, reduceConnection } from './connectionState';
import { createRepeatingLink } from './repeatingLink';
import { resumingLink } from './resumingLink';
import { createSocket } from './socket';
import { createStore, type Store } from './store';
import { createUpdates, type Updates } from './updates';

/** Everything that a page needs to show what is, and to stay right. */
export interface LiveClient {
  readonly apollo: ApolloClient;
  readonly updates: Updates;
  readonly connection: Store<ConnectionState> & { dispatch(event: ConnectionEvent): void };
  close(): void;
}

const STREAM_HEAD = graphql(`
  query StreamHead {
    eventCursor
  }
`);

/** Catching up is over when nothing more came for so long, whatever the cursors say. */
const SETTLED_AFTER_MS = 4_000;

/**
 * Queries go over HTTP, subscriptions over one WebSocket that comes back by itself.
 * @param endpoint absolute or of this page's origin, for example `/graphql`
 */
export function createLiveClient(endpoint: string, token: string): LiveClient {
  const updates = createUpdates();
  const connection = createStore<ConnectionState, ConnectionEvent>({ phase: 'connecting' }, reduceConnection);
  const socketUrl = new URL(endpoint, location.href);
  socketUrl.protocol = socketUrl.protocol.replace('http', 'ws');
  const socket = createSocket(socketUrl.href, token, {
    onLost: () => connection.dispatch({ type: 'lost', atMs: Date.now() }),
    onRefused: () => connection.dispatch({ type: 'refused' }),
    onConnected: () => {
      connection.dispatch({ type: 'connected', cursor: updates.cursor() });
      if (connection.get().phase === 'catchingUp') void findHead();
    },
  });
  const http = new HttpLink({ uri: endpoint, headers: { authorization: `Bearer ${token}` } });
  // A token that is wrong or has ended.
  const noticeRefusal = new ErrorLink(({ error }) => {
    if (!CombinedGraphQLErrors.is(error)) return;
    const isRefused = error.errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
    if (isRefused) connection.dispatch({ type: 'refused' });
  });
  const overSocket = ApolloLink.from([resumingLink, new GraphQLWsLink(socket)]);
  const apollo = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      (operation) => operation.operationType === 'subscription' || operation.getContext().overSocket === true,
      overSocket,
      ApolloLink.from([createRepeatingLink(updates), noticeRefusal, http]),
    ),
    clientAwareness: { name: 'dataspike-dashboard' },
  });

  let settled: ReturnType<typeof setTimeout> | undefined;
  function waitUntilSettled(): void {
    clearTimeout(settled);
    settled = setTimeout(() => connection.dispatch({ type: 'settled' }), SETTLED_AFTER_MS);
  }
  const stopListening = updates.listen(({ cursor, kind }, isRepeated) => {
    if (isRepeated || connection.get().phase !== 'catchingUp') return;
    connection.dispatch({ type: 'update', cursor, isResync: kind === 'RESYNC' });
    waitUntilSettled();
  });

  /** Over the socket, so that the process answers that also sends the updates. */
  async function findHead(): Promise<void> {
    waitUntilSettled();
    const context = { overSocket: true };
    const { data } = await apollo.query({
      query: STREAM_HEAD,
      context,
      fetchPolicy: 'no-cache',
      errorPolicy: 'ignore',
    });
    if (data) connection.dispatch({ type: 'head', cursor: data.eventCursor });
  }

  return {
    apollo,
    updates,
    connection,
    close() {
      clearTimeout(settled);
      stopListening();
      apollo.stop();
      void socket.dispose();
    },
  };
}
