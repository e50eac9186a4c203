import { createTransferClock } from '../../../src/server/transferClock';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function startClock() {
  const late: string[] = [];
  const clock = createTransferClock({
    clientMs: 30_000,
    clientBytes: 1_000,
    dataspikeMs: 5_000,
    onTimeout: (side) => late.push(side),
  });
  return { clock, late };
}

test('a client that does nothing is late after its time', () => {
  const { clock, late } = startClock();
  clock.waitForClient();
  jest.advanceTimersByTime(29_999);
  expect(late).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(late).toEqual(['client']);
});

test('a byte now and then does not keep a transfer alive', () => {
  const { clock, late } = startClock();
  for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 10_000) {
    expect(late).toEqual([]);
    clock.waitForClient();
    jest.advanceTimersByTime(10_000);
    clock.clientMoved(1);
    clock.waitForDataspike();
  }
  clock.waitForClient();
  jest.advanceTimersByTime(0);
  expect(late).toEqual(['client']);
});

test('a client that is slow but moves enough has all the time it needs', () => {
  const { clock, late } = startClock();
  for (let round = 0; round < 100; round += 1) {
    clock.waitForClient();
    jest.advanceTimersByTime(29_000);
    clock.clientMoved(1_000);
    clock.waitForDataspike();
  }
  expect(late).toEqual([]);
  clock.stop();
});

test('the time that Dataspike takes is not the time of the client', () => {
  const { clock, late } = startClock();
  for (let round = 0; round < 20; round += 1) {
    clock.waitForClient();
    jest.advanceTimersByTime(1_000);
    clock.waitForDataspike();
    jest.advanceTimersByTime(4_999);
  }
  expect(late).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(late).toEqual(['dataspike']);
});

test('nobody is late once it has stopped', () => {
  const { clock, late } = startClock();
  clock.waitForClient();
  clock.stop();
  clock.waitForDataspike();
  clock.stop();
  jest.advanceTimersByTime(100_000);
  expect(late).toEqual([]);
  expect(jest.getTimerCount()).toBe(0);
});
