import { createFollowers } from '../../../src/events/followers';
import { makeEvent, makeVerification } from './verificationFixture';

const [first, second, third] = [1, 2, 3].map((sequence) => makeEvent(sequence, makeVerification('PENDING'))) as [
  ReturnType<typeof makeEvent>,
  ReturnType<typeof makeEvent>,
  ReturnType<typeof makeEvent>,
];

test('a gap is told in its place, to those who mind', () => {
  const followers = createFollowers();
  const told: string[] = [];
  const stop = followers.follow(
    ({ cursor }) => told.push(`a ${cursor}`),
    () => told.push('a gap'),
  );
  followers.follow(({ cursor }) => told.push(`b ${cursor}`));
  followers.notify(first);
  followers.notifyGap();
  followers.notify(second);
  stop();
  followers.notifyGap();
  expect(told).toEqual([`a ${first.cursor}`, `b ${first.cursor}`, 'a gap', `a ${second.cursor}`, `b ${second.cursor}`]);
});

test('a gap that is found while listeners are being told waits until all heard the event before it', () => {
  const followers = createFollowers();
  const told: string[] = [];
  followers.follow((event) => {
    if (event !== first) return;
    followers.notifyGap();
    followers.notify(second);
  });
  followers.follow(
    ({ cursor }) => told.push(cursor),
    () => told.push('gap'),
  );
  followers.notify(first);
  followers.notify(third);
  expect(told).toEqual([first.cursor, 'gap', second.cursor, third.cursor]);
});

test('a listener that fails over a gap stops nobody', () => {
  const failures: unknown[] = [];
  const followers = createFollowers((error) => failures.push(error));
  const told: string[] = [];
  followers.follow(
    () => {},
    () => {
      throw new Error('broken follower');
    },
  );
  followers.follow(
    () => {},
    () => told.push('gap'),
  );
  followers.notifyGap();
  expect(told).toEqual(['gap']);
  expect(failures).toHaveLength(1);
});

test('nobody is told anything after stopAll', () => {
  const followers = createFollowers();
  const told: string[] = [];
  followers.follow(
    ({ cursor }) => told.push(cursor),
    () => told.push('gap'),
  );
  followers.stopAll();
  followers.notify(first);
  followers.notifyGap();
  expect(told).toEqual([]);
});
