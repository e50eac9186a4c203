/** Where the connection stands, and what was caught up on after it was lost. */
export type ConnectionState =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'live'; readonly caughtUp: CaughtUp | null }
  | { readonly phase: 'lost'; readonly sinceMs: number }
  | CatchingUp
  /** The token is wrong or has ended: trying again would not help. */
  | { readonly phase: 'refused' };

/** What came after the connection was back, for what had happened in between. */
export interface CaughtUp {
  readonly updates: number;
  /** The gateway could not replay every change; it sent where everything stands instead. */
  readonly resynced: boolean;
}

interface CatchingUp extends CaughtUp {
  readonly phase: 'catchingUp';
  /** Cursors that were received; the first is the one that the tab stood at. */
  readonly received: ReadonlySet<string>;
  /** Where the stream stood when the connection was back; null until the gateway has said so. */
  readonly head: string | null;
}

export type ConnectionEvent =
  | { readonly type: 'lost'; readonly atMs: number }
  /** @property cursor of the last update before; null when there was none */
  | { readonly type: 'connected'; readonly cursor: string | null }
  | { readonly type: 'head'; readonly cursor: string }
  | { readonly type: 'update'; readonly cursor: string; readonly isResync: boolean }
  /** Nothing more is expected, for example because there was nothing to send. */
  | { readonly type: 'settled' }
  | { readonly type: 'noticed' }
  | { readonly type: 'refused' };

/**
 * Catching up ends when the update arrives that the stream's head stood at when the connection was back: cursors are
 * opaque, so they are only compared for being equal.
 */
export function reduceConnection(state: ConnectionState, event: ConnectionEvent): ConnectionState {
  if (state.phase === 'refused') return state;
  switch (event.type) {
    case 'refused':
      return { phase: 'refused' };
    case 'lost':
      // Every failed try closes a socket; what counts is when the first one did.
      return state.phase === 'lost' ? state : { phase: 'lost', sinceMs: event.atMs };
    case 'connected':
      if (state.phase !== 'lost' || event.cursor === null) return { phase: 'live', caughtUp: null };
      return { phase: 'catchingUp', updates: 0, resynced: false, received: new Set([event.cursor]), head: null };
    case 'head':
      return state.phase === 'catchingUp' ? endIfComplete({ ...state, head: event.cursor }) : state;
    case 'update':
      return state.phase === 'catchingUp' ? endIfComplete(receive(state, event)) : state;
    case 'settled':
      return state.phase === 'catchingUp' ? end(state) : state;
    case 'noticed':
      return state.phase === 'live' ? { phase: 'live', caughtUp: null } : state;
  }
}

function receive(state: CatchingUp, { cursor, isResync }: { cursor: string; isResync: boolean }): CatchingUp {
  return {
    ...state,
    updates: state.updates + 1,
    resynced: state.resynced || isResync,
    received: new Set(state.received).add(cursor),
  };
}

function endIfComplete(state: CatchingUp): ConnectionState {
  return state.head !== null && state.received.has(state.head) ? end(state) : state;
}

function end({ updates, resynced }: CatchingUp): ConnectionState {
  return { phase: 'live', caughtUp: { updates, resynced } };
}
