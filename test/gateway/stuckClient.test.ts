import { createGatewayProcesses, type GatewayProcesses } from '../support/gatewayProcesses';
import { holdingsOf, PROBE_OPTIONS } from '../support/gatewayProcessHoldings';
import { eventually } from '../support/startGateway';
import { type Subscriber, startSubscriber } from '../support/subscribers';
import type { ForcedStatus } from '../support/verifications';

const OTHERS = 1_000;
const VERIFICATIONS = 100;
/** Together more events than a queue holds and sockets take. */
const CHANGES = 8;
/** What waits for the stuck one: 256 events, which it shares with the log, and what one update takes in a socket. */
const MAX_GROWTH_BYTES = 48 * 1024 * 1024;

let processes: GatewayProcesses;
const subscribers: Subscriber[] = [];
beforeAll(async () => {
  processes = await createGatewayProcesses({
    LIMIT_SUBSCRIPTIONS_PER_CALLER: String(OTHERS + 1),
    LIMIT_ALIASES: '1000',
    LIMIT_TOKENS: '10000',
    LIMIT_COST: '100000',
  });
}, 60_000);
afterAll(async () => {
  for (const subscriber of subscribers) subscriber.stop();
  await processes.close();
});

test('a client that takes nothing costs the thousand others nothing, and the gateway little memory', async () => {
  const gateway = await processes.start({}, PROBE_OPTIONS);
  const ids = await processes.seed(VERIFICATIONS);
  const changeAll = async (status: ForcedStatus) => {
    const bodies = await Promise.all(ids.map((id) => processes.change(id, status)));
    const answers = await Promise.all(bodies.map((body) => processes.deliver(body, gateway.url)));
    expect(new Set(answers)).toEqual(new Set([200]));
  };
  // Known to the log, so that a poll finds nothing new.
  await changeAll('initial');
  const after = (await gateway.ask('{ eventCursor }')).data.eventCursor as string;
  const subscribe = (filter: { verificationId?: string }, query?: string) => {
    const subscriber = startSubscriber({ pickUrl: () => gateway.url, transport: 'WebSocket', filter, after, query });
    subscribers.push(subscriber);
    return subscriber;
  };
  const stuck = subscribe({}, largeWatch());
  const others = Array.from({ length: OTHERS }, (_, index) => subscribe({ verificationId: ids[index % ids.length] }));
  await eventually(() => subscribers.every((subscriber) => subscriber.isConnected()), 20_000);
  // Who was not heard in time while a thousand connected has tried again.
  const connections = () => subscribers.reduce((sum, subscriber) => sum + subscriber.connections(), 0);
  const connectionsBefore = connections();
  stuck.pause();
  const before = await holdingsOf(gateway);

  for (let change = 0; change < CHANGES; change += 1) {
    await changeAll(change % 2 === 0 ? 'canceled' : 'expired');
  }
  await eventually(() => others.every(({ received }) => received.length >= CHANGES), 30_000);
  for (const { received } of others) {
    expect(received.map(({ kind, verification }) => `${kind} ${verification.status}`)).toEqual(
      Array.from({ length: CHANGES }, (_, change) => (change % 2 === 0 ? 'CHANGE CANCELED' : 'CHANGE EXPIRED')),
    );
  }
  const during = await holdingsOf(gateway);
  expect(during.heapBytes - before.heapBytes).toBeLessThan(MAX_GROWTH_BYTES);
  expect(during.rssBytes - before.rssBytes).toBeLessThan(4 * MAX_GROWTH_BYTES);

  stuck.resume();
  // What the sockets held may end with an earlier change to the same status, so it is not current without a RESYNC.
  const isCurrent = () => {
    const newest = new Map(stuck.received.map(({ verification }) => [verification.id, verification.status]));
    const isTold = stuck.received.some(({ kind }) => kind === 'RESYNC');
    return isTold && ids.every((id) => newest.get(id) === 'EXPIRED');
  };
  await eventually(isCurrent, 30_000);
  expect(stuck.received.length).toBeLessThan(VERIFICATIONS * CHANGES);
  expect(connections()).toBe(connectionsBefore);
}, 120_000);

/** Updates of some 100 KB: all of them are many times what sockets hold on the way. */
function largeWatch(): string {
  const large = Array.from(
    { length: 150 },
    (_, index) => `a${index}: verification { checks { step rawStep status data } }`,
  );
  return `subscription ($after: String) {
    verificationUpdated(after: $after) { cursor kind verification { id status } ${large.join(' ')} }
  }`;
}
