import { createBreaker } from '../../../src/dataspike/breaker';
import { UpstreamUnavailable } from '../../../src/dataspike/errors';
import { rejection } from './upstream';

const down = () => Promise.reject(new UpstreamUnavailable('connection reset'));

afterEach(() => jest.restoreAllMocks());

test('whoever asks in the millisecond in which the probe is due is told that the host is down, at worst', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(0);
  let nowMs = 1_000;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
  const breaker = createBreaker();
  for (let failure = 1; failure < 5; failure += 1) await rejection(breaker.run(down));
  // A millisecond passes between any two looks at the clock, also between ours and cockatiel's.
  clock.mockImplementation(() => nowMs++);
  await rejection(breaker.run(down));
  expect(breaker.isOpen()).toBe(true);

  clock.mockImplementation(() => nowMs);
  const seen: unknown[] = [];
  for (const endMs = nowMs + 1_000; nowMs < endMs; nowMs += 1) {
    await breaker
      .run(async () => 'back')
      .then(
        (answer) => seen.push(answer),
        (error) => seen.push(error),
      );
  }
  const refusals = seen.filter((one) => one !== 'back');
  expect(refusals.length).toBeGreaterThan(700);
  expect(refusals.filter((error) => !(error instanceof UpstreamUnavailable))).toEqual([]);
  expect(breaker.isOpen()).toBe(false);
});
