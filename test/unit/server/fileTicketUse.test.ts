import { createLocalLeases } from '../../../src/events/leases';
import { createUsedTickets } from '../../../src/server/usedTickets';

test('a ticket is used once, whoever asks at the same moment', async () => {
  const used = createUsedTickets({ leases: createLocalLeases() });
  const uses = await Promise.all(Array.from({ length: 10 }, () => used.use('a', 1_000)));
  expect(uses.filter(Boolean)).toHaveLength(1);
  expect(await used.use('b', 1_000)).toBe(true);
});

test('what was given back can be used once more', async () => {
  const used = createUsedTickets({ leases: createLocalLeases() });
  await used.use('a', 1_000);
  await used.giveBack('a');
  expect([await used.use('a', 1_000), await used.use('a', 1_000)]).toEqual([true, false]);
});

test('a ticket is remembered until it expires, and no longer', async () => {
  let now = 0;
  const asked: string[] = [];
  const leases = { acquire: async (name: string) => asked.push(name) > 0, release: async () => {} };
  const used = createUsedTickets({ leases, now: () => now });
  await used.use('a', 1_000);
  now = 999;
  expect(await used.use('a', 1)).toBe(false);
  now = 1_000;
  expect(await used.use('a', 1_000)).toBe(true);
  expect(asked).toEqual(['upload:a', 'upload:a']);
});

test('a ticket that another process has used is used here, too', async () => {
  const used = createUsedTickets({ leases: { acquire: async () => false, release: async () => {} } });
  expect(await used.use('a', 1_000)).toBe(false);
});

test('a memory that cannot be reached uses nothing up', async () => {
  let isReachable = false;
  const acquire = async () => {
    if (!isReachable) throw new Error('unreachable');
    return true;
  };
  const used = createUsedTickets({ leases: { acquire, release: async () => {} } });
  await expect(used.use('a', 1_000)).rejects.toThrow('unreachable');
  isReachable = true;
  expect(await used.use('a', 1_000)).toBe(true);
});
