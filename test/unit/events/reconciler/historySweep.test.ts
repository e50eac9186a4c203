import {
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRefused,
  UpstreamUnavailable,
} from '../../../../src/dataspike/errors';
import type { WebhookDelivery } from '../../../../src/dataspike/webhook';
import { EventLogUnavailable } from '../../../../src/events/eventLog';
import { createLocalKeptText, type KeptText } from '../../../../src/events/keptText';
import { createLocalLeases, type Leases } from '../../../../src/events/leases';
import { createHistorySweep } from '../../../../src/events/reconciler/historySweep';
import { createRequestBudget } from '../../../../src/events/reconciler/requestBudget';

const NOW = Date.parse('2025-03-14T10:00:00.000Z');
const stops: (() => Promise<void>)[] = [];

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
});
afterEach(async () => {
  const stopped = Promise.all(stops.splice(0).map((stop) => stop()));
  // A record that is under way is waited for.
  await jest.advanceTimersByTimeAsync(1000);
  await stopped;
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1000);
const INTERVAL_SECONDS = 300;

function makeItem(id: string, minutesAgo = 1): WebhookDelivery {
  return {
    id,
    webhookId: 'w1',
    eventType: 'DOCVER',
    occurredAt: new Date(NOW - minutesAgo * 60_000).toISOString(),
    attempts: 1,
    responseCode: 200,
    lastAttemptAt: null,
    verificationId: null,
    payload: {},
  };
}

function makeItems(from: number, to: number, minutesAgo = 1): WebhookDelivery[] {
  return Array.from({ length: to - from + 1 }, (_, at) => makeItem(`e${from + at}`, minutesAgo));
}

/** What Dataspike does with an `after` that it does not know; which of them is not established. */
type OnUnknown = 'from the beginning' | 'nothing' | 404 | 400;

/** A sweep that has started, over a history to which may be added. */
function start({
  history = [],
  onUnknown = 'from the beginning',
  kept = createLocalKeptText(),
  leases = createLocalLeases(),
  perSecond = 1000,
  record = async () => 'APPENDED',
  list,
}: {
  history?: WebhookDelivery[];
  onUnknown?: OnUnknown;
  kept?: KeptText;
  leases?: Leases;
  perSecond?: number;
  record?: (item: WebhookDelivery) => Promise<string>;
  list?: (after: string | null) => { items: WebhookDelivery[]; hasNext: boolean };
} = {}) {
  const requests: { after: string | null; atMs: number }[] = [];
  const recorded: string[] = [];
  const logged: Record<string, unknown>[] = [];
  const budget = createRequestBudget({ perSecond });

  function listAfter(after: string | null) {
    const at = history.findIndex(({ id }) => id === after);
    if (after !== null && at < 0) {
      if (onUnknown === 404) throw new UpstreamNotFound();
      if (onUnknown === 400) throw new UpstreamRefused(400, noRefusal);
      if (onUnknown === 'nothing') return { items: [], hasNext: false };
    }
    return { items: history.slice(at + 1, at + 101), hasNext: history.length > at + 101 };
  }
  const sweep = createHistorySweep({
    async listWebhookHistory({ after, limit }) {
      requests.push({ after, atMs: Date.now() - NOW });
      expect(limit).toBe(100);
      return (list ?? listAfter)(after);
    },
    async recordHistoryItem(item) {
      const outcome = await record(item);
      recorded.push(item.id);
      return outcome;
    },
    kept,
    leases,
    budget,
    logger: { warn: (about: Record<string, unknown>) => void logged.push(about) } as never,
    random: () => 0.5,
  });
  sweep.start();
  async function stop() {
    const stopped = sweep.stop();
    budget.close();
    await stopped;
  }
  stops.push(stop);
  return {
    history,
    requests,
    logged,
    budget,
    kept,
    stop,
    takeRecorded: () => recorded.splice(0),
    takeRequests: () => requests.splice(0).map(({ after }) => after),
  };
}

const noRefusal = { text: null, error: null, validationErrors: [], pendingDocuments: [], checkErrors: [] };
const idsOf = (items: WebhookDelivery[]) => items.map(({ id }) => id);

test('the first sweep ever walks to the end, and records the last 15 minutes only', async () => {
  const recent = makeItems(251, 330, 14);
  const { takeRecorded, takeRequests } = start({ history: [...makeItems(1, 250, 16), ...recent] });
  await seconds(1);
  expect(takeRequests()).toEqual([null, 'e100', 'e200', 'e300']);
  expect(takeRecorded()).toEqual(idsOf(recent));
});

test('every 5 minutes what came since is recorded, each event once, at one request', async () => {
  const { history, takeRecorded, takeRequests } = start({ history: makeItems(1, 150) });
  await seconds(1);
  expect(takeRecorded()).toHaveLength(150);
  takeRequests();

  await seconds(INTERVAL_SECONDS);
  expect(takeRecorded()).toEqual([]);
  expect(takeRequests()).toHaveLength(1);

  history.push(...makeItems(151, 170));
  await seconds(INTERVAL_SECONDS);
  expect(takeRecorded()).toEqual(idsOf(makeItems(151, 170)));
  expect(takeRequests()).toHaveLength(1);

  history.push(...makeItems(171, 400));
  await seconds(INTERVAL_SECONDS);
  expect(takeRecorded()).toEqual(idsOf(makeItems(171, 400)));
  expect(takeRequests()).toHaveLength(3);
});

test('a history that begins with one event is followed, too', async () => {
  const { history, takeRecorded } = start();
  for (let id = 1; id <= 3; id += 1) {
    history.push(makeItem(`e${id}`));
    await seconds(INTERVAL_SECONDS + 1);
    expect(takeRecorded()).toEqual([`e${id}`]);
  }
});

test('another process goes on where the last one stopped, however long ago it happened', async () => {
  const kept = createLocalKeptText();
  const first = start({ history: makeItems(1, 50), kept });
  await seconds(1);
  await first.stop();
  const missed = makeItems(51, 300, 600);
  const second = start({ history: [...makeItems(1, 50), ...missed], kept });
  await seconds(1);
  expect(second.takeRecorded()).toEqual(idsOf(missed));
});

test.each<OnUnknown>(['from the beginning', 'nothing', 404, 400])(
  'where Dataspike answers an unknown place with %s, the sweep begins anew with what it can have missed',
  async (onUnknown) => {
    const kept = createLocalKeptText();
    const first = start({ history: makeItems(1, 50, 40), kept });
    await seconds(1);
    await first.stop();
    const history = [...makeItems(900, 910, 60), ...makeItems(911, 920, 30), ...makeItems(921, 930, 5)];
    const { takeRecorded, takeRequests } = start({ history, onUnknown, kept });
    await seconds(1);
    // e50 happened 40 minutes ago, so what is older was seen.
    expect(takeRecorded()).toEqual(idsOf(makeItems(911, 930)));
    await seconds(INTERVAL_SECONDS);
    expect(takeRecorded()).toEqual([]);
    expect(takeRequests()).toHaveLength(3);
  },
);

test('a kept text that is no place is the same as none', async () => {
  for (const text of ['', 'e17', '{}', '{"before":1,"last":"x","lastAt":null}']) {
    const kept = createLocalKeptText();
    await kept.save(text);
    const { takeRecorded, stop } = start({ history: [makeItem('old', 20), makeItem('new', 2)], kept });
    await seconds(1);
    expect([text, takeRecorded()]).toEqual([text, ['new']]);
    await stop();
  }
});

test('pages that do not advance end the walk', async () => {
  const always = makeItems(1, 100);
  const { takeRequests, takeRecorded } = start({ list: () => ({ items: always, hasNext: true }) });
  await seconds(100);
  expect(takeRequests()).toEqual([null, 'e100']);
  expect(takeRecorded()).toHaveLength(100);

  const circle: Record<string, [string, string]> = { null: ['a', 'b'], b: ['c', 'd'], d: ['a', 'b'] };
  const circling = start({
    list: (after) => ({ items: (circle[String(after)] ?? []).map((id) => makeItem(id)), hasNext: true }),
  });
  await seconds(100);
  expect(circling.takeRequests()).toEqual([null, 'b', 'd']);
});

test('after a failure the sweep goes on with the page that failed, soon', async () => {
  let failAt: string | null = 'e150';
  const { takeRecorded, takeRequests, logged } = start({
    history: makeItems(1, 250),
    async record({ id }) {
      if (id === failAt) throw new EventLogUnavailable();
      return 'APPENDED';
    },
  });
  await seconds(1);
  expect(takeRecorded()).toEqual(idsOf(makeItems(1, 149)));
  expect(takeRequests()).toEqual([null, 'e100']);
  failAt = null;
  await seconds(11);
  // What the failed page had recorded comes again; the recorder knows it by its key.
  expect(takeRecorded()).toEqual(idsOf(makeItems(101, 250)));
  expect(takeRequests()).toEqual(['e99', 'e199']);
  expect(logged).toMatchObject([{ error: 'EventLogUnavailable' }]);
});

test('an outage is tried again ever less often, every 5 minutes in the end, and logged once a minute at most', async () => {
  const { requests, logged } = start({
    list() {
      throw new UpstreamUnavailable(502);
    },
  });
  await seconds(1_500);
  const gaps = requests.map(({ atMs }, at) => (atMs - (requests[at - 1]?.atMs ?? 0)) / 1000);
  expect(gaps).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300]);
  expect(logged.length).toBeLessThanOrEqual(requests.length - 2);
  expect(new Set(logged.map(({ error }) => error))).toEqual(new Set(['UpstreamUnavailable']));
});

test('when Dataspike asks to wait, the whole budget waits', async () => {
  let isLimited = true;
  const { requests, budget } = start({
    list() {
      if (isLimited) throw new UpstreamRateLimited(60_000);
      return { items: [], hasNext: false };
    },
  });
  await seconds(1);
  isLimited = false;
  let isGranted = false;
  void budget.take().then(() => {
    isGranted = true;
  });
  await seconds(58);
  expect([requests.length, isGranted]).toEqual([1, false]);
  await seconds(2);
  expect([requests.length, isGranted]).toEqual([2, true]);
});

test('an event that is not settled yet is tried again with its page', async () => {
  let outcome = 'CONFLICT';
  const { takeRecorded } = start({
    history: makeItems(1, 3),
    record: async ({ id }) => (id === 'e2' ? outcome : 'DUPLICATE'),
  });
  await seconds(1);
  expect(takeRecorded()).toEqual(['e1', 'e2']);
  outcome = 'UNCHANGED';
  await seconds(11);
  expect(takeRecorded()).toEqual(['e1', 'e2', 'e3']);
});

test('an event that nobody can cope with does not keep the later ones out', async () => {
  const { takeRecorded, logged } = start({
    history: makeItems(1, 3),
    async record({ id }) {
      if (id === 'e1') throw new TypeError('a name and an address');
      if (id === 'e2') throw new UpstreamRefused(409, noRefusal);
      return 'APPENDED';
    },
  });
  await seconds(5);
  expect(takeRecorded()).toEqual(['e3']);
  expect(logged).toMatchObject([{ error: 'TypeError' }]);
  expect(JSON.stringify(logged)).not.toContain('address');
  await seconds(INTERVAL_SECONDS);
  expect(takeRecorded()).toEqual([]);
});

test('who does not get the lease makes no request', async () => {
  const names: string[] = [];
  const { requests } = start({
    history: makeItems(1, 3),
    leases: {
      async acquire(name) {
        names.push(name);
        return false;
      },
      async release() {},
    },
  });
  await seconds(2 * INTERVAL_SECONDS + 1);
  expect(requests).toEqual([]);
  expect(names).toEqual(['sweep', 'sweep', 'sweep']);
});

test('the lease is held through a long sweep, given back after it, and a sweep that loses it stops', async () => {
  let heldUntilMs = 0;
  let mayHold = true;
  const { takeRequests, takeRecorded, logged } = start({
    history: makeItems(1, 300),
    leases: {
      async acquire(_name, ttlMs) {
        if (mayHold) heldUntilMs = Date.now() + ttlMs;
        return mayHold;
      },
      async release() {
        heldUntilMs = 0;
      },
    },
    // 100 events take 100 s.
    async record() {
      expect(heldUntilMs).toBeGreaterThan(Date.now());
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return 'APPENDED';
    },
  });
  await seconds(150.5);
  expect(takeRecorded()).toHaveLength(150);
  mayHold = false;
  await seconds(20);
  expect(takeRecorded().length).toBeLessThan(20);
  expect(takeRequests()).toEqual([null, 'e100']);
  expect(heldUntilMs).toBe(0);
  expect(logged).toEqual([]);
});

test('each page waits for the budget', async () => {
  const { requests } = start({ history: makeItems(1, 350), perSecond: 2 });
  await seconds(10);
  expect(requests.map(({ atMs }) => atMs)).toEqual([0, 500, 1000, 1500]);
});

test('stopping ends a sweep at the event that it is at, and starts no other', async () => {
  const { takeRecorded, stop, requests, logged } = start({
    history: makeItems(1, 300),
    async record() {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return 'APPENDED';
    },
  });
  await seconds(5.5);
  const stopped = stop();
  await seconds(1);
  await stopped;
  expect(takeRecorded()).toHaveLength(6);
  await seconds(INTERVAL_SECONDS);
  expect(requests).toHaveLength(1);
  expect(logged).toEqual([]);
});
