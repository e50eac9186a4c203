import type { VerificationStatus } from '../../../../src/dataspike/verification';
import { makeVerification } from '../verificationFixture';
import { setUpReconciler } from './reconcilerFixture';

let made: ReturnType<typeof setUpReconciler>[] = [];

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse('2025-03-14T09:26:53.589Z') });
});
afterEach(async () => {
  await Promise.all(made.map((each) => each.stop()));
  made = [];
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

/** A reconciler that runs; stopped after the test. */
function start(options: Parameters<typeof setUpReconciler>[0] = {}) {
  const setUp = setUpReconciler(options);
  made.push(setUp);
  setUp.reconciler.start();
  return {
    ...setUp,
    /** What was recorded since the last call. */
    takeChanges: () =>
      setUp.events.splice(0).map(({ source, verification }) => `${source} ${verification.id} ${verification.status}`),
  };
}

const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1000);

function make(id: string, status: VerificationStatus, applicantId = 'applicant-1', times = {}) {
  return makeVerification(status, { id, applicantId, ...times });
}

function makeMany(count: number, status: VerificationStatus = 'PENDING') {
  return Array.from({ length: count }, (_, at) => make(`v${at}`, status));
}

test('an applicant costs one request a look, however many of the verifications are open', async () => {
  const { put, watchers, takeAsked, takeChanges } = start();
  put(...makeMany(30), make('other', 'PENDING', 'applicant-2'));
  watchers.watch({ applicantId: 'applicant-1' });
  await seconds(60);
  expect(new Set(takeAsked())).toEqual(new Set(['list applicant-1 0']));
  expect(takeChanges()).toHaveLength(30);

  put(make('v7', 'VERIFIED'), make('new', 'INITIAL'));
  await seconds(30);
  expect(takeChanges().sort()).toEqual(['POLL new INITIAL', 'POLL v7 VERIFIED']);
  expect(new Set(takeAsked())).toEqual(new Set(['list applicant-1 0']));
});

test('what ended long before an applicant was watched is no news, what ended just now is', async () => {
  const { put, watchers, takeChanges } = start();
  put(
    make('long ago', 'FAILED', 'applicant-1', { completedAt: '2025-03-01T10:00:00.000Z' }),
    make('canceled long ago', 'CANCELED', 'applicant-1', { expiresAt: '2025-03-01T10:00:00.000Z' }),
    make('just now', 'VERIFIED', 'applicant-1', { completedAt: '2025-03-14T09:26:53.600Z' }),
    make('canceled some time', 'CANCELED', 'applicant-1', { expiresAt: '2025-03-14T13:00:00.000Z' }),
  );
  watchers.watch({ applicantId: 'applicant-1' });
  await seconds(60);
  expect(takeChanges().sort()).toEqual(['POLL canceled some time CANCELED', 'POLL just now VERIFIED']);
});

test('what the log last saw open is news however long ago it ended', async () => {
  const { put, recorder, watchers, takeChanges } = start();
  await recorder.recordKnown(make('v1', 'PENDING'), 'MUTATION');
  put(make('v1', 'FAILED', 'applicant-1', { completedAt: '2025-03-01T10:00:00.000Z' }));
  watchers.watch({ applicantId: 'applicant-1' });
  await seconds(1);
  expect(takeChanges()).toEqual(['MUTATION v1 PENDING', 'POLL v1 FAILED']);
});

test('what begins and ends between two looks at an applicant is found', async () => {
  const { put, watchers, takeChanges } = start();
  put(make('v1', 'PENDING'));
  watchers.watch({ applicantId: 'applicant-1' });
  await seconds(100);
  takeChanges();
  put(make('quick', 'VERIFIED', 'applicant-1', { completedAt: null, createdAt: null, expiresAt: null }));
  await seconds(30);
  expect(takeChanges()).toEqual(['POLL quick VERIFIED']);
});

test('everything costs one request per 100 open verifications a look', async () => {
  const { put, watchers, takeAsked, takeChanges } = start();
  put(...makeMany(250), make('done', 'VERIFIED'));
  watchers.watch({});
  await seconds(1);
  expect(takeAsked()).toEqual(['list everything 0', 'list everything 1', 'list everything 2']);
  expect(takeChanges()).toHaveLength(250);
});

test('what is gone from the list of the open ones is read once, and recorded', async () => {
  const { put, watchers, takeAsked, takeChanges } = start();
  put(...makeMany(5));
  watchers.watch({});
  await seconds(60);
  takeAsked();
  takeChanges();
  put(make('v1', 'VERIFIED'), make('v2', 'IN_PROGRESS'), make('v3', 'EXPIRED'));
  await seconds(60);
  expect(takeChanges().sort()).toEqual(['POLL v1 VERIFIED', 'POLL v2 IN_PROGRESS', 'POLL v3 EXPIRED']);
  expect(
    takeAsked()
      .filter((what) => what.startsWith('read'))
      .sort(),
  ).toEqual(['read v1', 'read v3']);
});

test('what a webhook already told is not read when it is gone from the list', async () => {
  const { put, recorder, watchers, takeAsked, takeChanges } = start();
  put(...makeMany(5));
  watchers.watch({});
  await seconds(60);
  takeAsked();
  const done = make('v1', 'VERIFIED');
  put(done);
  await recorder.recordDelivery({ verification: done, occurredAt: new Date().toISOString(), deliveryKey: 'd1' });
  await seconds(60);
  expect(takeAsked().filter((what) => what.startsWith('read'))).toEqual([]);
  expect(takeChanges().at(-1)).toBe('WEBHOOK v1 VERIFIED');
});

test('what an event told of and the list never showed is read', async () => {
  const { put, recorder, watchers, takeChanges } = start();
  watchers.watch({});
  await seconds(1);
  await recorder.recordKnown(make('quick', 'IN_PROGRESS'), 'MUTATION');
  put(make('quick', 'FAILED'));
  await seconds(30);
  expect(takeChanges()).toEqual(['MUTATION quick IN_PROGRESS', 'POLL quick FAILED']);
});

test('a status that the list cannot show is followed by its id while somebody watches everything', async () => {
  const { put, watchers, takeAsked, takeChanges } = start();
  put(make('v1', 'PENDING'));
  const watcher = watchers.watch({});
  await seconds(5);
  put(make('v1', 'UNKNOWN'));
  await seconds(120);
  put(make('v1', 'VERIFIED'));
  await seconds(30);
  expect(takeChanges()).toEqual(['POLL v1 PENDING', 'POLL v1 UNKNOWN', 'POLL v1 VERIFIED']);

  put(make('v2', 'PENDING'));
  await seconds(30);
  put(make('v2', 'UNKNOWN'));
  await seconds(60);
  watcher.close();
  takeAsked();
  await seconds(60);
  expect(takeAsked()).toEqual([]);
  expect(jest.getTimerCount()).toBe(0);
});

test('a verification that was deleted while everything is watched is asked for once', async () => {
  const { put, upstream, watchers, takeAsked } = start();
  put(...makeMany(3));
  watchers.watch({});
  await seconds(5);
  upstream.delete('v1');
  await seconds(120);
  expect(takeAsked().filter((what) => what.startsWith('read'))).toEqual(['read v1']);
});

test('what a list shows is not read by itself, until the list is no longer watched', async () => {
  const { put, watchers, takeAsked } = start();
  put(make('v1', 'PENDING'), make('v2', 'PENDING', 'applicant-2'));
  for (const verificationId of ['v1', 'v2']) watchers.watch({ verificationId });
  const everything = watchers.watch({});
  await seconds(200);
  expect(takeAsked().filter((what) => what.startsWith('read'))).toEqual([]);

  everything.close();
  watchers.watch({ applicantId: 'applicant-1' });
  await seconds(1);
  takeAsked();
  await seconds(200);
  const asked = new Set(takeAsked());
  expect(asked).toEqual(new Set(['read v2', 'list applicant-1 0']));
});

test('what happens all the time elsewhere does not put off the look at the list', async () => {
  const { put, recorder, watchers, takeChanges } = start();
  put(...makeMany(3));
  watchers.watch({});
  await seconds(60);
  put(make('v1', 'VERIFIED'));
  for (let second = 0; second < 30; second += 1) {
    await recorder.recordKnown(make(`busy${second}`, 'CANCELED'), 'MUTATION');
    await seconds(1);
  }
  expect(takeChanges()).toContain('POLL v1 VERIFIED');
});

test('a server that shows the same page for ever is not walked for ever', async () => {
  let requests = 0;
  const { watchers } = start({
    reads: {
      async listVerifications() {
        requests += 1;
        return { items: makeMany(100), hasNext: true };
      },
    },
  });
  watchers.watch({});
  await seconds(1);
  expect(requests).toBe(2);
});

test('a server that does not know the filter does not make its past news', async () => {
  const items = [make('open', 'PENDING'), make('old', 'FAILED')];
  const { watchers, takeChanges } = start({ reads: { listVerifications: async () => ({ items, hasNext: false }) } });
  watchers.watch({});
  await seconds(60);
  items[0] = make('open', 'VERIFIED');
  await seconds(30);
  expect(takeChanges()).toEqual(['POLL open PENDING', 'POLL open VERIFIED']);
});

test('a list that lags behind a webhook neither takes the state back nor costs a read', async () => {
  const { put, recorder, watchers, takeAsked, takeChanges } = start({
    reads: { listVerifications: async () => ({ items: [make('v1', 'IN_PROGRESS')], hasNext: false }) },
  });
  const done = make('v1', 'VERIFIED');
  put(done);
  watchers.watch({});
  await seconds(10);
  await recorder.recordDelivery({ verification: done, occurredAt: new Date().toISOString(), deliveryKey: 'd1' });
  await seconds(60);
  expect(takeChanges()).toEqual(['POLL v1 IN_PROGRESS', 'WEBHOOK v1 VERIFIED']);
  expect(takeAsked()).toEqual([]);
});
