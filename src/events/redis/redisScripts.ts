import { type CommandParser, defineScript } from '@redis/client';
import type { VerificationStatus } from '../../dataspike/verification';
import type { AppendDecision } from '../appendRule';
import type { Basis } from '../eventLog';
import { deliveryKeyKey, EVENTS_KEY, latestKey, leaseKey } from './redisKeys';
import { ACQUIRE_LEASE, APPEND, LATEST_ENTRY, OPEN_LOG, RELEASE_LEASE } from './redisLua';

/** How long the key of a delivery is remembered. */
export const DELIVERY_KEY_SECONDS = 24 * 60 * 60;

/**
 * How long the latest state of a verification is kept after its last event. Far beyond the life of a verification (one
 * week at most) and of its deliveries.
 */
const LATEST_STATE_SECONDS = 30 * 24 * 60 * 60;

/** What `appendEvent` needs to know; see `EventCandidate`. */
export interface AppendArguments {
  readonly verificationId: string;
  readonly deliveryKey: string | null;
  /** See `redisEntry.ts`. */
  readonly payload: string;
  readonly status: string;
  readonly stateKey: string;
  readonly isFinal: boolean;
  readonly basedOn: Basis | null | undefined;
  readonly retention: number;
  /** A cursor that a log made by this call must begin behind. */
  readonly knownCursor: string;
}

/** Scripts run as one step that nothing else comes between. The client sends their digest, and their text when needed. */
export const redisScripts = {
  appendEvent: defineScript({
    SCRIPT: APPEND,
    NUMBER_OF_KEYS: 3,
    parseCommand(parser: CommandParser, append: AppendArguments) {
      const { deliveryKey, basedOn } = append;
      parser.pushKeys([EVENTS_KEY, latestKey(append.verificationId), deliveryKeyKey(deliveryKey ?? '')]);
      parser.push(flag(deliveryKey !== null), append.payload, append.status, append.stateKey, flag(append.isFinal));
      parser.push(flag(basedOn !== undefined), basedOn?.cursor ?? '', String(basedOn?.confirmations ?? ''));
      parser.push(String(append.retention), append.knownCursor);
      parser.push(String(DELIVERY_KEY_SECONDS), String(LATEST_STATE_SECONDS));
    },
    transformReply([outcome, cursor, previousStatus]: [AppendDecision | 'DUPLICATE', string, VerificationStatus | '']) {
      return { outcome, cursor, previousStatus: previousStatus || null };
    },
  }),

  /** Where the log begins and ends; makes it when there is none. Everything after `beginning` is kept. */
  openLog: defineScript({
    SCRIPT: OPEN_LOG,
    NUMBER_OF_KEYS: 1,
    parseCommand(parser: CommandParser, knownCursor: string) {
      parser.pushKey(EVENTS_KEY);
      parser.push(knownCursor);
    },
    transformReply: ([beginning, lastId]: [string, string]) => ({ beginning, lastId }),
  }),

  /** The entry of the newest event of a verification, or none. */
  latestEntry: defineScript({
    SCRIPT: LATEST_ENTRY,
    NUMBER_OF_KEYS: 2,
    parseCommand(parser: CommandParser, verificationId: string) {
      parser.pushKeys([EVENTS_KEY, latestKey(verificationId)]);
    },
    transformReply([confirmations, [entry]]: [string, [id: string, fields: string[]][]]) {
      if (!entry) return null;
      return { id: entry[0], message: fieldsToRecord(entry[1]), confirmations: Number(confirmations) };
    },
  }),

  acquireLease: defineScript({
    SCRIPT: ACQUIRE_LEASE,
    NUMBER_OF_KEYS: 1,
    parseCommand(parser: CommandParser, name: string, owner: string, ttlMs: number) {
      parser.pushKey(leaseKey(name));
      parser.push(owner, String(ttlMs));
    },
    transformReply: (reply: number) => reply === 1,
  }),

  releaseLease: defineScript({
    SCRIPT: RELEASE_LEASE,
    NUMBER_OF_KEYS: 1,
    parseCommand(parser: CommandParser, name: string, owner: string) {
      parser.pushKey(leaseKey(name));
      parser.push(owner);
    },
    transformReply: (_reply: number) => undefined,
  }),
};

function flag(isSet: boolean): string {
  return isSet ? '1' : '0';
}

function fieldsToRecord(fields: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index + 1 < fields.length; index += 2) record[fields[index] ?? ''] = fields[index + 1] ?? '';
  return record;
}
