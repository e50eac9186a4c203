import { type ConnectionEvent, type ConnectionState, reduceConnection } from '../src/live/connectionState';

const LOST: ConnectionState = { phase: 'lost', sinceMs: 1_000 };

function after(state: ConnectionState, ...events: ConnectionEvent[]): ConnectionState {
  return events.reduce(reduceConnection, state);
}

const update = (cursor: string, isResync = false): ConnectionEvent => ({ type: 'update', cursor, isResync });

test('the first connection has nothing to catch up on', () => {
  expect(after({ phase: 'connecting' }, { type: 'connected', cursor: null })).toEqual({
    phase: 'live',
    caughtUp: null,
  });
});

test('what counts is when the connection was lost first, not the tries since', () => {
  expect(after(LOST, { type: 'lost', atMs: 2_000 })).toEqual(LOST);
});

test('catching up ends with the update that the stream stood at when the connection was back', () => {
  const atHead = after(LOST, { type: 'connected', cursor: '1-1' }, update('1-2'), { type: 'head', cursor: '1-3' });
  expect(atHead).toMatchObject({ phase: 'catchingUp', updates: 1 });
  expect(after(atHead, update('1-3'))).toEqual({ phase: 'live', caughtUp: { updates: 2, resynced: false } });
});

test('the updates may all be there before the gateway has said where the stream stands', () => {
  const events = [update('1-2'), update('1-3'), { type: 'head', cursor: '1-3' } as const];
  expect(after(LOST, { type: 'connected', cursor: '1-1' }, ...events)).toEqual({
    phase: 'live',
    caughtUp: { updates: 2, resynced: false },
  });
});

test('nothing was missed when the stream stands where the tab does', () => {
  expect(after(LOST, { type: 'connected', cursor: '1-1' }, { type: 'head', cursor: '1-1' })).toEqual({
    phase: 'live',
    caughtUp: { updates: 0, resynced: false },
  });
});

test('a resync is told, and ends with the cursor that its last update brings', () => {
  const events = [{ type: 'head', cursor: '2-0' } as const, update('1-1', true), update('2-0', true)];
  expect(after(LOST, { type: 'connected', cursor: '1-1' }, ...events)).toEqual({
    phase: 'live',
    caughtUp: { updates: 2, resynced: true },
  });
});

test('a connection that is lost while catching up begins again', () => {
  const lostAgain = after(LOST, { type: 'connected', cursor: '1-1' }, update('1-2'), { type: 'lost', atMs: 5_000 });
  expect(lostAgain).toEqual({ phase: 'lost', sinceMs: 5_000 });
});

test('a refused token stays refused', () => {
  const events = [{ type: 'refused' }, { type: 'lost', atMs: 1 }, { type: 'connected', cursor: null }] as const;
  expect(after({ phase: 'connecting' }, ...events)).toEqual({ phase: 'refused' });
});
