import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { types } from 'node:util';
import { createClient, ErrorReply } from '@redis/client';
import type { Logger } from 'pino';
import { EventLogUnavailable } from '../eventLog';
import { redisScripts } from './redisScripts';

/** How long anything that is asked of Redis may take, connecting included. Beyond it Redis counts as unreachable. */
const TIMEOUT_MS = 1500;
const MIN_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1000;
const MIN_REDIS_VERSION = 7;
/** An outage meets every request, and one line tells of it. */
const WARNING_PAUSE_MS = 5000;

type RedisClient = ReturnType<typeof makeClient>;

/** One connection to Redis that heals by itself, for ever. */
export interface RedisConnection {
  /**
   * Runs commands. A reply that does not come in time counts as a dead connection, which is made anew: Redis may hang, or
   * the network swallow packets, without anybody closing it. The commands may have been carried out all the same.
   * @param timeoutMs default 1,500
   * @throws EventLogUnavailable at once while there is no connection, otherwise within the time. It names no cause: the
   *   texts of a client may hold addresses and values.
   */
  run<T>(work: (client: RedisClient) => Promise<T>, timeoutMs?: number): Promise<T>;

  isReady(): boolean;

  /** Resolves with true as soon as there is a connection, with false when there will be none any more. */
  whenReady(): Promise<boolean>;

  /** Another connection to the same Redis, closed with this one, for commands that block. */
  openAnother(name: string): RedisConnection;

  /** Ends everything at once; what is running is rejected. */
  close(): void;
}

/**
 * Connects in the background and again whenever the connection is lost, after 50 ms growing to 1 s, with jitter. Redis 7
 * or newer is required; with an older one it stays unreachable and says why in the log.
 * @param url redis:// or rediss://, credentials and database number included; it is never logged
 * @param name what the log calls this connection; default `commands`
 * @throws TypeError when the URL is not one of Redis
 */
export function createRedisConnection({
  url,
  logger,
  name = 'commands',
}: {
  url: string;
  logger?: Logger;
  name?: string;
}): RedisConnection {
  const log = logger?.child({ redis: name });
  const closing = new AbortController();
  const changes = new EventEmitter().setMaxListeners(0);
  const others: RedisConnection[] = [];
  let ready: RedisClient | null = null;
  let mayWarnFromMs = 0;

  function warn(message: string, error: unknown) {
    if (closing.signal.aborted || performance.now() < mayWarnFromMs) return;
    mayWarnFromMs = performance.now() + WARNING_PAUSE_MS;
    log?.warn(describeRedisError(error), error instanceof RedisTooOld ? error.message : message);
  }

  /** One client from its making to its end. The client's own reconnecting is off: it would wait for a hung socket. */
  async function connectOnce(client: RedisClient): Promise<void> {
    const ended = new Promise<void>((resolve) => client.once('end', resolve).once('terminated', () => resolve()));
    client.on('error', () => {});
    await within(TIMEOUT_MS, client.connect().then(checkVersion));
    if (closing.signal.aborted) return;
    ready = client;
    mayWarnFromMs = 0;
    log?.info('connected to Redis');
    changes.emit('change');
    await ended;
    throw new RedisLost();
  }

  async function keepConnected(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures++) {
      const client = makeClient(url);
      let isGivenUp = false;
      const destroy = () => {
        isGivenUp = true;
        client.destroy();
      };
      closing.signal.addEventListener('abort', destroy);
      // Destroying a client does not reach a socket that is just being connected.
      client.on('connect', () => isGivenUp && client.destroy());
      try {
        await connectOnce(client);
      } catch (error) {
        if (ready === client) failures = 0;
        warn('Redis cannot be reached', error);
      } finally {
        if (ready === client) ready = null;
        closing.signal.removeEventListener('abort', destroy);
        destroy();
      }
      await sleep(backoffMs(failures), undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  checkUrl(url);
  void keepConnected();

  return {
    async run(work, timeoutMs = TIMEOUT_MS) {
      const client = ready;
      if (!client) throw new EventLogUnavailable();
      try {
        return await within(timeoutMs, work(client));
      } catch (error) {
        if (error instanceof TypeError) throw error;
        if (error instanceof ErrorReply || error instanceof RedisTooSlow) {
          warn('Redis did not do what it was asked to', error);
        }
        if (isOfThisConnection(error)) client.destroy();
        throw new EventLogUnavailable();
      }
    },
    isReady: () => ready !== null,
    async whenReady() {
      // Looked at again after each change, since what is ready may be gone by the time that one is told.
      while (!ready && !closing.signal.aborted) await once(changes, 'change');
      return ready !== null;
    },
    openAnother(otherName) {
      const other = createRedisConnection({ url, logger, name: otherName });
      others.push(other);
      return other;
    },
    close() {
      ready = null;
      for (const other of others) other.close();
      closing.abort();
      changes.emit('change');
    },
  };
}

function makeClient(url: string) {
  return createClient({
    url,
    scripts: redisScripts,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    // Ours bounds the wait for the reply, too; the client's would end when the command is written.
    commandOptions: { timeout: 0 },
    socket: { reconnectStrategy: false, connectTimeout: TIMEOUT_MS },
  });
}

/** Without the error of the parser, which quotes the URL with the password in it. */
function checkUrl(url: string): void {
  try {
    makeClient(url).destroy();
    if (/^rediss?:\/\/[^/]/.test(url)) return;
  } catch {
    // Told below.
  }
  throw new TypeError('The URL of Redis must look like redis://host:6379 or rediss://host:6379');
}

async function checkVersion(client: RedisClient): Promise<void> {
  const version = /^redis_version:(\d+)/m.exec(await client.info('server'))?.[1];
  if (Number(version) < MIN_REDIS_VERSION) throw new RedisTooOld();
}

class RedisTooOld extends Error {
  constructor() {
    super(`Redis is too old: ${MIN_REDIS_VERSION} or newer is required`);
  }
}

class RedisTooSlow extends Error {}

class RedisLost extends Error {}

/** A replica that was a primary before, too: connecting anew finds the one that is it now. */
function isOfThisConnection(error: unknown): boolean {
  return error instanceof RedisTooSlow || (error instanceof ErrorReply && error.message.startsWith('READONLY'));
}

/** Class, system code (ECONNREFUSED) and first word of a reply (OOM): the rest of a text may hold anything. */
function describeRedisError(error: unknown): { error: string; code: string | undefined } {
  if (!types.isNativeError(error)) return { error: typeof error, code: undefined };
  const replyCode = /^[A-Z]{2,}(?= )/.exec(error.message)?.[0];
  return { error: error.constructor.name, code: 'code' in error ? String(error.code) : replyCode };
}

/** Random, so that processes that lost Redis together do not come back together. */
function backoffMs(failures: number): number {
  const longestMs = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** Math.min(failures + 1, 10));
  return MIN_BACKOFF_MS + Math.random() * (longestMs - MIN_BACKOFF_MS);
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_resolve, reject) => {
    // One more turn of the event loop: where this process was the slow one, the reply is there and only unread.
    timer = setTimeout(() => setImmediate(() => reject(new RedisTooSlow())), timeoutMs);
  });
  try {
    return await Promise.race([work, tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}
