import { createFairTurns } from '../../../src/access/fairTurns';

const turnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve));

/** Lets callers ask in this order. @returns who has begun so far */
function askFor(callers: readonly string[], { take } = createFairTurns()): string[] {
  const begun: string[] = [];
  for (const caller of callers) void take(caller).then(() => begun.push(caller));
  return begun;
}

const loud = (count: number) => Array.from({ length: count }, () => 'loud');

test('a few begin at once, the others a few in each turn of the event loop', async () => {
  const begun = askFor(loud(20));
  await null;
  expect(begun).toHaveLength(8);
  await turnOfTheLoop();
  expect(begun).toHaveLength(16);
  await turnOfTheLoop();
  expect(begun).toHaveLength(20);
});

test('who comes after a thousand of somebody else begins in the next turn', async () => {
  const begun = askFor([...loud(1_000), 'quiet']);
  await turnOfTheLoop();
  expect(begun).toHaveLength(16);
  expect(begun.slice(8)).toContain('quiet');
});

test('callers take turns, in the order in which they came', async () => {
  const begun = askFor([...loud(8), 'a', 'a', 'a', 'b', 'c', 'c']);
  await turnOfTheLoop();
  expect(begun.slice(8)).toEqual(['a', 'b', 'c', 'a', 'c', 'a']);
});

test('once nobody waits, nobody has to', async () => {
  const turns = createFairTurns();
  askFor(loud(30), turns);
  for (let turn = 0; turn < 6; turn += 1) await turnOfTheLoop();
  const begun = askFor(loud(8), turns);
  await null;
  expect(begun).toHaveLength(8);
});
