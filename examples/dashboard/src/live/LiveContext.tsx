import { ApolloProvider } from '@apollo/client/react';
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import type { ConnectionState } from './connectionState';
import type { LiveClient } from './liveClient';
import type { Update } from './updates';

const LiveContext = createContext<LiveClient | null>(null);

/** Gives the live client, and Apollo's hooks their client, to what is inside. */
export function LiveProvider({ live, children }: { live: LiveClient; children: ReactNode }) {
  return (
    <LiveContext value={live}>
      <ApolloProvider client={live.apollo}>{children}</ApolloProvider>
    </LiveContext>
  );
}

export function useLive(): LiveClient {
  const live = useContext(LiveContext);
  if (!live) throw new Error('It must be inside a LiveProvider');
  return live;
}

export function useConnection(): ConnectionState {
  const { connection } = useLive();
  return useSyncExternalStore(connection.subscribe, connection.get);
}

/** The newest updates of this tab, oldest first. */
export function useRecentUpdates(): readonly Update[] {
  const { recent } = useLive().updates;
  return useSyncExternalStore(recent.subscribe, recent.get);
}
