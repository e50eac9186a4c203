import fc from 'fast-check';

/** How many requests each way: 100,000 before a release, `FUZZ_RUNS=100000 npx jest abuseFuzz`. */
export const FUZZ_RUNS = Number(process.env.FUZZ_RUNS ?? 200);
/** `FUZZ_SEED` repeats the requests of an earlier run, which has told its seed. */
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const AT_ONCE = 20;
const TELL_EVERY = 5_000;

/**
 * Sends random requests, some at once, and stops at the first that is answered as it must not be: the failure tells the
 * seed and that request.
 * @param send many at once; rejects or returns for each what `check` looks at
 * @param check throws when an answer must not be
 * @param checkAll likewise, after each round
 */
export async function fuzz<Request, Answer>({
  way,
  requests,
  send,
  check,
  checkAll,
}: {
  way: string;
  requests: fc.Arbitrary<Request>;
  send: (requests: readonly Request[]) => Promise<readonly Answer[]>;
  check: (answer: Answer) => void;
  checkAll: () => void;
}): Promise<void> {
  const startedAt = performance.now();
  let sent = 0;
  const someAtOnce = fc.array(requests, { minLength: AT_ONCE, maxLength: AT_ONCE });
  const property = fc.asyncProperty(someAtOnce, async (some) => {
    const answers = await send(some);
    for (const [index, answer] of answers.entries()) {
      try {
        check(answer);
      } catch (error) {
        throw new Error(`${JSON.stringify(some[index])} was answered ${JSON.stringify(answer)}`, { cause: error });
      }
    }
    checkAll();
    sent += some.length;
    if (sent % TELL_EVERY === 0) {
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      process.stderr.write(`${sent} of ${FUZZ_RUNS} over ${way} after ${seconds} s, FUZZ_SEED=${SEED}\n`);
    }
  });
  await fc.assert(property, {
    seed: SEED,
    numRuns: Math.ceil(FUZZ_RUNS / AT_ONCE),
    endOnFailure: true,
    reporter: (out) => {
      if (!out.failed) return;
      throw new Error(`FUZZ_SEED=${SEED}, round ${out.numRuns}: ${String(out.errorInstance)}`, {
        cause: out.errorInstance,
      });
    },
  });
}
