import {
  createRequestBudget,
  RequestBudgetClosed,
  withinBudget,
} from '../../../../src/events/reconciler/requestBudget';

beforeEach(() => {
  jest.useFakeTimers({ now: 1_741_944_000_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

/** Asks and notes when it was granted, in milliseconds from now. */
function createAsker(budget: ReturnType<typeof createRequestBudget>) {
  const startedAtMs = Date.now();
  const grants: [string, number][] = [];
  return {
    grants,
    ask: (name: string, signal?: AbortSignal) =>
      budget.take(signal).then(
        () => void grants.push([name, Date.now() - startedAtMs]),
        (error: unknown) => void grants.push([`${name} ${String((error as Error).message)}`, Date.now() - startedAtMs]),
      ),
  };
}

test('requests are granted in the order of asking, evenly spaced', async () => {
  const { grants, ask } = createAsker(createRequestBudget({ perSecond: 2 }));
  for (const name of ['a', 'b', 'c', 'd']) void ask(name);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(grants).toEqual([
    ['a', 0],
    ['b', 500],
    ['c', 1000],
    ['d', 1500],
  ]);
});

test('what was not spent is not saved up', async () => {
  const { grants, ask } = createAsker(createRequestBudget());
  await jest.advanceTimersByTimeAsync(60_000);
  for (const name of ['a', 'b', 'c']) void ask(name);
  await jest.advanceTimersByTimeAsync(5_000);
  expect(grants.map(([, atMs]) => atMs)).toEqual([60_000, 60_500, 61_000]);
});

test('less than one request a second works, too', async () => {
  const { grants, ask } = createAsker(createRequestBudget({ perSecond: 0.1 }));
  for (const name of ['a', 'b', 'c']) void ask(name);
  await jest.advanceTimersByTimeAsync(30_000);
  expect(grants.map(([, atMs]) => atMs)).toEqual([0, 10_000, 20_000]);
});

test('someone who asks again and again leaves every other request to the others', async () => {
  const budget = createRequestBudget({ perSecond: 2 });
  const { grants, ask } = createAsker(budget);
  const askTenTimes = async (name: string) => {
    for (let count = 0; count < 10; count += 1) await ask(name);
  };
  void askTenTimes('sweep');
  void askTenTimes('polling');
  await jest.advanceTimersByTimeAsync(20_000);
  expect(grants).toHaveLength(20);
  expect(grants.map(([name]) => name)).toEqual(Array.from({ length: 20 }, (_, at) => (at % 2 ? 'polling' : 'sweep')));
});

test('a pause holds everyone back, and a shorter one does not end it', async () => {
  const budget = createRequestBudget({ perSecond: 2 });
  const { grants, ask } = createAsker(budget);
  for (const name of ['a', 'b', 'c']) void ask(name);
  await jest.advanceTimersByTimeAsync(100);
  budget.pauseFor(5_000);
  budget.pauseFor(1_000);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(grants).toEqual([
    ['a', 0],
    ['b', 5_100],
    ['c', 5_600],
  ]);
});

test('who gives up leaves the queue, and no timer stays when nobody waits', async () => {
  const budget = createRequestBudget({ perSecond: 1 });
  const { grants, ask } = createAsker(budget);
  const leaving = new AbortController();
  void ask('a');
  void ask('b', leaving.signal);
  void ask('c');
  await jest.advanceTimersByTimeAsync(10);
  leaving.abort(new Error('gone'));
  await jest.advanceTimersByTimeAsync(5_000);
  expect(grants).toEqual([
    ['a', 0],
    ['b gone', 10],
    ['c', 1_000],
  ]);
  expect(jest.getTimerCount()).toBe(0);

  const last = new AbortController();
  void ask('d');
  void ask('e', last.signal);
  await jest.advanceTimersByTimeAsync(0);
  last.abort(new Error('gone'));
  expect(jest.getTimerCount()).toBe(0);
  await expect(budget.take(last.signal)).rejects.toThrow('gone');
});

test('closing ends every wait and those to come', async () => {
  const budget = createRequestBudget();
  await budget.take();
  const waiting = [budget.take(), budget.take()].map((take) => expect(take).rejects.toThrow(RequestBudgetClosed));
  budget.close();
  await Promise.all(waiting);
  await expect(budget.take()).rejects.toThrow(RequestBudgetClosed);
  expect(jest.getTimerCount()).toBe(0);
});

test('a call within the budget waits for its turn and passes everything on', async () => {
  const budget = createRequestBudget({ perSecond: 1 });
  const add = withinBudget(budget, async (a: number, b: number) => a + b);
  const sums: number[] = [];
  for (const a of [1, 2]) void add(a, 10).then((sum) => sums.push(sum));
  await jest.advanceTimersByTimeAsync(999);
  expect(sums).toEqual([11]);
  await jest.advanceTimersByTimeAsync(1);
  expect(sums).toEqual([11, 12]);
});

test('a budget of nothing is refused', () => {
  expect(() => createRequestBudget({ perSecond: 0 })).toThrow(RangeError);
  expect(() => createRequestBudget({ perSecond: Number.NaN })).toThrow(RangeError);
});
