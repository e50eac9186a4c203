import { stateKey } from '../events/appendRule';
import { isCursor } from '../events/cursor';
import type { VerificationEvent } from '../events/verificationEvent';
import { type Watcher, WatcherInterrupted } from '../events/watcher';
import type { WatchFilter } from '../events/watchFilter';
import { ClientGone } from './context';
import type { Reading } from './currentStates';
import { CursorInvalid } from './errors';
import { changeUpdate } from './makeUpdate';
import { replay, snapshot } from './missedUpdates';
import type { VerificationUpdate } from './verificationUpdate.type';

/**
 * The updates of one subscription, to be taken one after the other. An async iterable for graphql-js alone, which only
 * looks whether it is one.
 */
export interface UpdateSource extends AsyncIterable<VerificationUpdate> {
  /**
   * The next update; null when there is none at the moment, or never again. A promise while the log or Dataspike is read,
   * to be awaited before the next call; when it brings null, ask again.
   * @throws what the subscription ends with; a promise rejects with it
   */
  take(): VerificationUpdate | null | Promise<VerificationUpdate | null>;
  hasEnded(): boolean;
  /** Calls the listener whenever `take` has something new to say. It must not throw. */
  onNews(listener: () => void): void;
  /** Ends it for a reader who has had enough, also in the middle of a read. */
  leave(): void;
}

/** A reading under way, whose updates come before what is watched. */
interface UnderWay {
  readonly updates: AsyncGenerator<VerificationUpdate>;
  readonly abort: AbortController;
}

/**
 * The updates that a subscription sends: first what came since `after`, or where the one watched verification stands,
 * then what happens. The watcher is attached before anything is read, so nothing falls between the two.
 * @throws CursorInvalid
 */
export function openUpdates(reader: Omit<Reading, 'signal'>, filter: WatchFilter, after: string | null): UpdateSource {
  if (after !== null && !isCursor(after)) throw new CursorInvalid();
  const { log, watchers } = reader.services;
  const cursor = after ?? log.position();
  return new Updates(reader, filter, watchers.watch(filter), cursor, after);
}

/** A class, since each of thousands who wait for an update holds one. */
class Updates implements UpdateSource {
  /** What the snapshot says, until something else is told. */
  private shown: string | null = null;
  private reading: UnderWay | null = null;
  private readonly services: Reading['services'];
  private readonly caller: Reading['caller'];
  private readonly requestId: string;

  /** @param cursor where the reader stands before the next update */
  constructor(
    { services, caller, requestId }: Omit<Reading, 'signal'>,
    private readonly filter: WatchFilter,
    private readonly watcher: Watcher,
    private cursor: string,
    after: string | null,
  ) {
    this.services = services;
    this.caller = caller;
    this.requestId = requestId;
    if (after !== null) this.read((reading) => replay(reading, watcher, filter, after, false));
    else if (filter.verificationId != null) this.read((reading) => snapshot(reading, watcher, filter));
  }

  take(): VerificationUpdate | null | Promise<VerificationUpdate | null> {
    const { reading, watcher } = this;
    return reading && !watcher.hasEnded() ? this.takeRead(reading) : this.takeWatched();
  }

  hasEnded(): boolean {
    return this.watcher.hasEnded();
  }

  onNews(listener: () => void): void {
    this.watcher.onNews(listener);
  }

  leave(): void {
    const { reading, watcher } = this;
    watcher.close();
    reading?.abort.abort(new ClientGone());
    // Not awaited: a generator that waits for a read ends only after it.
    reading?.updates.return(undefined).catch(() => undefined);
    this.reading = null;
  }

  [Symbol.asyncIterator](): never {
    throw new Error('Updates are taken, not iterated');
  }

  private read(begin: (reading: Reading) => AsyncGenerator<VerificationUpdate>): void {
    const { services, caller, requestId } = this;
    const abort = new AbortController();
    this.reading = { updates: begin({ services, caller, requestId, signal: abort.signal }), abort };
  }

  private async takeRead({ updates }: UnderWay): Promise<VerificationUpdate | null> {
    const { done, value } = await updates.next();
    if (this.watcher.hasEnded()) return null;
    if (!done) return this.passOn(value);
    this.reading = null;
    return null;
  }

  private takeWatched(): VerificationUpdate | null | Promise<VerificationUpdate | null> {
    const { watcher, filter } = this;
    try {
      const watched = watcher.take();
      if (!watched) return null;
      return this.isShown(watched.event) ? this.takeWatched() : this.passOn(changeUpdate(watched));
    } catch (error) {
      if (!(error instanceof WatcherInterrupted)) throw error;
      this.read((reading) => replay(reading, watcher, filter, this.cursor, true));
      // By another call, since an abort in between is possible.
      return Promise.resolve(null);
    }
  }

  private passOn(update: VerificationUpdate): VerificationUpdate {
    this.cursor = update.cursor;
    this.shown = update.kind === 'SNAPSHOT' ? stateKey(update.verification) : null;
    return update;
  }

  /** The first that the log hears of a verification, by a poll, may be what its snapshot has shown. */
  private isShown({ previousStatus, verification }: VerificationEvent): boolean {
    return this.shown !== null && previousStatus === null && this.shown === stateKey(verification);
  }
}
