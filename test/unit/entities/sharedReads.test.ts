import type { CallSignal } from '../../../src/dataspike/stopSignal';
import { createSharedReads } from '../../../src/entities/sharedReads';

/** A read that ends when the test says so. */
function makeLoad() {
  const signals: CallSignal[] = [];
  let settle: { resolve(value: string): void; reject(error: Error): void } | null = null;
  return {
    signals,
    resolve: (value: string) => settle?.resolve(value),
    reject: (error: Error) => settle?.reject(error),
    load: (signal: CallSignal) => {
      signals.push(signal);
      return new Promise<string>((resolve, reject) => {
        settle = { resolve, reject };
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    },
  };
}

const present = () => new AbortController();
const gone = new Error('gone');

test('reads of one key at the same moment are one, of two keys two', async () => {
  const reads = createSharedReads();
  const { load, resolve, signals } = makeLoad();
  const asked = [reads.read('a', load, present().signal), reads.read('a', load, present().signal)];
  const other = makeLoad();
  const different = reads.read('b', other.load, present().signal);
  resolve('answer');
  other.resolve('other answer');
  expect(await Promise.all([...asked, different])).toEqual(['answer', 'answer', 'other answer']);
  expect(signals).toHaveLength(1);
});

test('nothing is kept: the next read begins anew, also after a failure', async () => {
  const reads = createSharedReads();
  const { load, resolve, reject, signals } = makeLoad();
  const first = reads.read('a', load, present().signal);
  resolve('1');
  await first;
  const second = reads.read('a', load, present().signal);
  const third = reads.read('a', load, present().signal);
  reject(new Error('down'));
  await expect(second).rejects.toThrow('down');
  await expect(third).rejects.toThrow('down');
  const fourth = reads.read('a', load, present().signal);
  resolve('4');
  expect(await fourth).toBe('4');
  expect(signals).toHaveLength(3);
});

test('who goes stops waiting at once with its own reason; the others get their answer', async () => {
  const reads = createSharedReads();
  const { load, resolve, signals } = makeLoad();
  const leaving = present();
  const left = reads.read('a', load, leaving.signal);
  const staying = reads.read('a', load, present().signal);
  leaving.abort(gone);
  await expect(left).rejects.toBe(gone);
  expect(signals[0]?.aborted).toBe(false);
  resolve('answer');
  expect(await staying).toBe('answer');
});

test('when everyone has gone the request is aborted, and who comes then begins anew', async () => {
  const reads = createSharedReads();
  const { load, resolve, signals } = makeLoad();
  const callers = [present(), present()];
  const left = callers.map(({ signal }) => reads.read('a', load, signal));
  for (const caller of callers) caller.abort(gone);
  for (const promise of left) await expect(promise).rejects.toBe(gone);
  expect(signals[0]?.aborted).toBe(true);
  const next = reads.read('a', load, present().signal);
  resolve('answer');
  expect(await next).toBe('answer');
  expect(signals).toHaveLength(2);
});

test('an answer that has come is not aborted by who goes afterwards', async () => {
  const reads = createSharedReads();
  const { load, resolve, signals } = makeLoad();
  const caller = present();
  const promise = reads.read('a', load, caller.signal);
  resolve('answer');
  await promise;
  caller.abort(gone);
  expect(signals[0]?.aborted).toBe(false);
});

test('who has gone before it asks causes no request', async () => {
  const { load, signals } = makeLoad();
  await expect(createSharedReads().read('a', load, AbortSignal.abort(gone))).rejects.toBe(gone);
  expect(signals).toEqual([]);
});

test('after a change nobody joins a read that began before it, and each can still be left alone', async () => {
  const reads = createSharedReads();
  const old = makeLoad();
  const caller = present();
  const before = reads.read('a', old.load, caller.signal);
  reads.detach();
  const fresh = makeLoad();
  const after = reads.read('a', fresh.load, present().signal);
  const joined = reads.read('a', fresh.load, present().signal);
  caller.abort(gone);
  await expect(before).rejects.toBe(gone);
  expect(old.signals[0]?.aborted).toBe(true);
  fresh.resolve('new');
  expect(await Promise.all([after, joined])).toEqual(['new', 'new']);
  expect(fresh.signals).toHaveLength(1);
});
