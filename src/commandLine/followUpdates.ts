import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'graphql-ws';
import { CommandFailed } from './command';
import { describeEnding } from './gatewayConnection';

/** One update, as UPDATES asks for it: nothing of a person. */
export interface Update {
  readonly cursor: string;
  readonly kind: string;
  /** RFC 3339 */
  readonly occurredAt: string;
  readonly previousStatus: string | null;
  readonly verification: { readonly id: string; readonly status: string; readonly isFinal: boolean };
}

const UPDATES = `subscription Watch($verificationId: ID!, $after: String) {
  verificationUpdated(verificationId: $verificationId, after: $after) {
    cursor kind occurredAt previousStatus verification { id status isFinal }
  }
}`;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * Every update of one verification, each once, however often the connection is lost: after each loss it goes on with the
 * newest cursor.
 * @param after the cursor to begin after; null begins with where it stands now
 * @param signal ends it without an error, once the client is terminated as well
 * @param tell what becomes of the connection, for a person
 * @throws {CommandFailed} when the gateway refuses
 */
export async function* followUpdates({
  client,
  verificationId,
  after,
  signal,
  tell,
}: {
  client: Client;
  verificationId: string;
  after: string | null;
  signal: AbortSignal;
  tell: (text: string) => void;
}): AsyncGenerator<Update, void> {
  let cursor = after;
  let losses = 0;
  const forgetListener = client.on('connected', () => {
    if (losses > 0) tell('Connected again.');
  });
  try {
    while (!signal.aborted) {
      try {
        for await (const update of subscribe(client, { verificationId, after: cursor })) {
          losses = 0;
          cursor = update.cursor;
          yield update;
        }
        // The gateway ends no subscription but when it stops.
        throw { code: 1001, reason: 'the gateway ended it' };
      } catch (thrown) {
        if (signal.aborted) return;
        const { reason, isRefusal, retryAfterMs } = describeEnding(thrown);
        if (isRefusal) throw new CommandFailed(`The gateway refuses: ${reason}`);
        losses += 1;
        const waitMs = retryAfterMs ?? retryWaitMs(losses);
        tell(`The connection is lost: ${reason}. Trying again in ${(waitMs / 1000).toFixed(1)} s.`);
        await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      }
    }
  } finally {
    forgetListener();
  }
}

async function* subscribe(client: Client, variables: { verificationId: string; after: string | null }) {
  const results = client.iterate<{ verificationUpdated: Update }>({ query: UPDATES, variables });
  for await (const { data, errors } of results) {
    if (!data) throw errors;
    yield data.verificationUpdated;
  }
}

/** Doubles from half a second to 15 s, less up to a half by chance, so that not all watchers come back at once. */
function retryWaitMs(losses: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (losses - 1), LONGEST_WAIT_MS) * (1 - Math.random() / 2);
}
