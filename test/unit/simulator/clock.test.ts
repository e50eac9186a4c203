import { createClock } from '../../../src/simulator/world/clock';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('advancing runs what is due in order, and the rest later at its new time', () => {
  const clock = createClock(Date.now);
  const ran: string[] = [];
  clock.after(300, () => ran.push('late'));
  clock.after(200, () => ran.push('second'));
  clock.after(100, () => ran.push('first'));
  clock.advance(250);
  expect(ran).toEqual(['first', 'second']);
  jest.advanceTimersByTime(49);
  expect(ran).toHaveLength(2);
  jest.advanceTimersByTime(1);
  expect(ran).toEqual(['first', 'second', 'late']);
});

test('a canceled task and a stopped clock run nothing', () => {
  const clock = createClock(Date.now);
  const run = jest.fn();
  clock.after(10, run)();
  clock.after(10, run);
  clock.stop();
  jest.advanceTimersByTime(1000);
  expect(run).not.toHaveBeenCalled();
  expect(jest.getTimerCount()).toBe(0);
});

test('a task that an earlier one cancels does not run in the same advance', () => {
  const clock = createClock(Date.now);
  const run = jest.fn();
  const cancel = clock.after(20, run);
  clock.after(10, cancel);
  clock.advance(1000);
  expect(run).not.toHaveBeenCalled();
});

test('a wait longer than any timer allows still ends on time', () => {
  const clock = createClock(Date.now);
  const run = jest.fn();
  const monthMs = 31 * 24 * 3600 * 1000;
  clock.after(monthMs, run);
  jest.advanceTimersByTime(monthMs - 1);
  expect(run).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(run).toHaveBeenCalledTimes(1);
});

test('time for others knows nothing of what was added', () => {
  const clock = createClock(() => 1000);
  clock.advance(500);
  expect([clock.now(), clock.outsideNow()]).toEqual([1500, 1000]);
});
