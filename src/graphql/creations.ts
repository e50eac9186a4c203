import { createHmac, randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { Caller } from '../access/caller';
import { DataspikeError, UpstreamTimeout } from '../dataspike/errors';
import type { CallSignal } from '../dataspike/stopSignal';
import type { SharedRecords } from '../events/sharedRecords';
import { type CreationRecord, canonicalJson, parseCreationRecord, type StartedCreation } from './creationRecord';
import { IdempotencyConflictError, invalidInput, Refusal, UncertainOutcomeError } from './userErrors';

/** Something to be made once. */
export interface Creation {
  /** The mutation's name. */
  readonly name: string;
  readonly input: { readonly idempotencyKey?: string | null };
  /** @returns the id of what Dataspike made */
  create(signal: CallSignal): Promise<string>;
  /**
   * Looks for what a try without an answer may have made since then, in Unix milliseconds: its id, ABSENT where there is
   * none, UNKNOWN where that cannot be told. Left out: cannot be told.
   * @param isTaken whether somebody else was told that this is what he made
   */
  recover?(
    sinceMs: number,
    signal: CallSignal,
    isTaken: (id: string) => boolean,
  ): Promise<string | typeof ABSENT | typeof UNKNOWN>;
}

export const ABSENT = Symbol('absent');
export const UNKNOWN = Symbol('unknown');

/** Makes things once, also when answers are lost, clients ask again, and processes die in between. */
export interface Creations {
  /**
   * @returns the id of what was made, now or when the same caller asked with the same key before
   * @throws {Refusal} UncertainOutcomeError when nobody can tell whether it was made, IdempotencyConflictError when the
   *   key stands for something else
   * @throws {DataspikeError} when it was not made
   * @throws {EventLogUnavailable} when it has a key, and the keys cannot be reached: nothing was made then
   */
  run(operation: { readonly caller: Caller; readonly signal: CallSignal }, creation: Creation): Promise<string>;
}

const KEY = /^\P{C}{1,255}$/u;
const LOOK_EVERY_MS = 50;
const TOLD_IDS = 10_000;

/**
 * A creation with a key leaves a record `STARTED` before Dataspike is asked, and `DONE` with the id after. Whoever meets
 * a `STARTED` record waits for who works on it. When that one is gone, or does not know, the record is resolved by
 * looking for what may have been made. Only when it cannot be found a good while after the last try, it is made anew.
 * @param secret makes digests of keys and inputs, so that neither can be guessed from the records
 * @param operationMs how long one operation works on it at most
 * @param settleMs how long after a try without an answer Dataspike may still be working on it
 */
export function createCreations({
  records,
  secret,
  operationMs,
  settleMs,
  logger,
}: {
  records: SharedRecords;
  secret: Buffer;
  operationMs: number;
  settleMs: number;
  logger: Logger;
}): Creations {
  /** What this process told somebody that he made, and under which key. */
  const told = new Map<string, string | null>();
  const digest = (...parts: readonly string[]) =>
    createHmac('sha256', secret).update(JSON.stringify(parts)).digest('base64url');

  function tell(id: string, key: string | null): string {
    told.set(id, key);
    const [oldest] = told.keys();
    if (told.size > TOLD_IDS && oldest !== undefined) told.delete(oldest);
    return id;
  }

  async function lookFor({ recover }: Creation, sinceMs: number, signal: CallSignal, key: string | null) {
    if (!recover || signal.aborted) return UNKNOWN;
    try {
      return await recover(sinceMs, signal, (id) => told.has(id) && (key === null || told.get(id) !== key));
    } catch (error) {
      if (error instanceof DataspikeError || signal.aborted) return UNKNOWN;
      throw error;
    }
  }

  /** Without a record: a lost answer is looked for once. */
  async function runOnce(creation: Creation, signal: CallSignal): Promise<string> {
    const startedAtMs = Date.now();
    try {
      return await creation.create(signal);
    } catch (error) {
      if (!(error instanceof DataspikeError) || !error.mayBeDone) throw error;
      const found = await lookFor(creation, startedAtMs, signal, null);
      if (typeof found === 'string') return found;
      throw uncertain();
    }
  }

  /** Waits for who works on it. @returns the record as it is when this one may work on it, or it is done */
  async function claim(key: string, fingerprint: string, signal: CallSignal): Promise<CreationRecord> {
    for (;;) {
      const text = await records.load(key);
      const found = text === null ? null : parseCreationRecord(text);
      if (found && found.fingerprint !== fingerprint) throw new Refusal(new IdempotencyConflictError());
      if (found?.state === 'DONE') return found;
      const nowMs = Date.now();
      if (!found || found.claimedUntilMs <= nowMs) {
        const mine: StartedCreation = {
          ...(found ?? { state: 'STARTED', fingerprint, startedAtMs: nowMs, settledAtMs: null }),
          claim: randomUUID(),
          claimedUntilMs: nowMs + operationMs + settleMs,
        };
        // Who claimed it last may have died after asking.
        const settledAtMs = found && Math.max(found.settledAtMs ?? 0, found.claimedUntilMs + settleMs);
        const started = { ...mine, settledAtMs };
        if (await records.replace(key, text, JSON.stringify(started))) return started;
      } else {
        await waitOrGiveUp(signal);
      }
    }
  }

  async function runKeyed(key: string, creation: Creation, started: StartedCreation, signal: CallSignal) {
    const text = JSON.stringify(started);
    const put = async (record: CreationRecord | null) => {
      // Where it cannot be written, the record stays STARTED and is resolved by looking.
      await records.replace(key, text, record && JSON.stringify(record)).catch(() => {
        logger.warn({ creation: creation.name }, 'could not write down what became of a creation');
      });
    };
    const finish = async (id: string) => {
      await put({ state: 'DONE', fingerprint: started.fingerprint, id });
      return id;
    };
    const giveBack = (settledAtMs: number | null) => put({ ...started, claimedUntilMs: 0, settledAtMs });

    if (started.settledAtMs !== null) {
      const isSettled = Date.now() >= started.settledAtMs;
      const found = await lookFor(creation, started.startedAtMs, signal, key);
      if (typeof found === 'string') return finish(found);
      if (found !== ABSENT || !isSettled) {
        await giveBack(started.settledAtMs);
        throw uncertain();
      }
    }
    try {
      return await finish(await creation.create(signal));
    } catch (error) {
      if (error instanceof DataspikeError && !error.mayBeDone) {
        // An earlier try was given up as not made; should it appear after all, it must be found.
        await (started.settledAtMs === null ? put(null) : giveBack(started.settledAtMs));
        throw error;
      }
      const settledAtMs = Date.now() + settleMs;
      const found = await lookFor(creation, started.startedAtMs, signal, key);
      if (typeof found === 'string') return finish(found);
      await giveBack(settledAtMs);
      throw error instanceof DataspikeError ? uncertain() : error;
    }
  }

  return {
    async run({ caller, signal }, creation) {
      const { idempotencyKey, ...input } = creation.input;
      if (idempotencyKey == null) return tell(await runOnce(creation, signal), null);
      if (!KEY.test(idempotencyKey)) {
        throw invalidInput('idempotencyKey must be 1 to 255 printable characters', 'idempotencyKey');
      }
      const key = digest(caller.kind, caller.id, idempotencyKey);
      const record = await claim(key, digest(creation.name, canonicalJson(input)), signal);
      if (record.state === 'DONE') return record.id;
      // A client who leaves comes back with the key, and wants to know: what was begun is brought to its end.
      const working = new AbortController();
      setMaxListeners(0, working.signal);
      const clock = setTimeout(() => working.abort(new UpstreamTimeout()), operationMs);
      try {
        return tell(await runKeyed(key, creation, record, working.signal), key);
      } finally {
        clearTimeout(clock);
      }
    },
  };
}

const uncertain = () => new Refusal(new UncertainOutcomeError());

function waitOrGiveUp(signal: CallSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // Somebody is at it, and may be done any moment: this one cannot know.
    if (signal.aborted) return reject(uncertain());
    setTimeout(resolve, LOOK_EVERY_MS);
  });
}
