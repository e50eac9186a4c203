import { createHash } from 'node:crypto';
import { type ExecutionArgs, getOperationAST } from 'graphql';
import type { Caller } from '../access/caller';
import type { Services } from './context';
import { toPublicError } from './errors';
import { concludeDisclosure } from './redacted';
import type { ResultStream } from './resultStream';
import type { Answer, Execution, SharedAnswers, Subscriber } from './sharedAnswers';
import type { UpdateSource } from './updates';
import type { VerificationUpdate } from './verificationUpdate.type';

/** Where the results of one subscription go. */
export interface ResultReader {
  /** @param json one result, the same bytes for many readers: not to be changed */
  take(json: Buffer): void;
  /** Whether it takes another one now; one that does not is slow. */
  isReady(): boolean;
  /** Calls back once, later, when it is ready again, or will never be. */
  whenReady(resume: () => void): void;
}

/**
 * Updates after which everybody else gets a turn. A write that the system takes at once does not wait for the event loop,
 * so a long replay would hold up the whole process.
 */
const UPDATES_PER_TURN = 20;

/** What all subscriptions share. */
export interface Shared {
  readonly services: Services;
  readonly answers: SharedAnswers;
}

/** A subscription that may run. */
export interface Opened extends Pick<Subscriber, 'variables' | 'shareKey'> {
  readonly source: UpdateSource;
}

const DONE = { done: true, value: undefined } as const;

/**
 * Hands update after update to the reader, as fast as it takes them. As a stream it brings nothing but its end, and ends
 * at once when it is left. A class, since thousands of them wait.
 */
export class UpdateDelivery implements Subscriber, ResultStream {
  readonly args: ExecutionArgs;
  readonly variables: Subscriber['variables'];
  readonly caller: Caller;
  readonly requestId: string;
  readonly shareKey: string;
  private readonly source: UpdateSource;
  /** Between two updates, while it waits for something. */
  private isWaiting = false;
  private hasLeft = false;
  private updatesOfTurn = 0;
  private execution: Execution | null = null;
  /** When the log took the event of the update under way; null for what was read, which is as old as it is. */
  private acceptedAt: number | null = null;
  private settle: (error?: unknown) => void = () => {};

  /** @param onEnd called once, however it ends */
  constructor(
    { source, variables, shareKey }: Opened,
    { args, caller, requestId }: Pick<Subscriber, 'args' | 'caller' | 'requestId'>,
    private readonly shared: Shared,
    private readonly reader: ResultReader,
    private readonly onEnd: () => void,
  ) {
    this.args = args;
    this.variables = variables;
    this.caller = caller;
    this.requestId = requestId;
    this.shareKey = shareKey;
    this.source = source;
  }

  /** Begins it; not to be called again. */
  next(): Promise<typeof DONE> {
    if (this.hasLeft) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => {
      this.settle = (error) => (error === undefined ? resolve(DONE) : reject(error));
      this.source.onNews(() => this.pump());
      this.pump();
    });
  }

  async return(): Promise<typeof DONE> {
    this.end();
    return DONE;
  }

  async throw(): Promise<typeof DONE> {
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }

  private goOn(): void {
    this.isWaiting = false;
    this.pump();
  }

  private waitFor<T>(promise: Promise<T>, use: (value: T) => void): void {
    this.isWaiting = true;
    promise
      .then((value) => {
        this.isWaiting = false;
        if (!this.source.hasEnded()) use(value);
        this.pump();
      })
      .catch((error: unknown) => this.end(error));
  }

  private pump(): void {
    const { source, reader } = this;
    try {
      while (!this.isWaiting && !source.hasEnded()) {
        if (!reader.isReady()) {
          this.isWaiting = true;
          reader.whenReady(() => this.goOn());
        } else if (this.updatesOfTurn === UPDATES_PER_TURN) {
          this.isWaiting = true;
          this.updatesOfTurn = 0;
          setImmediate(() => this.goOn());
        } else if (!this.passOne()) {
          this.updatesOfTurn = 0;
          return;
        }
      }
      // Throws what it was ended with.
      if (source.hasEnded()) {
        source.take();
        this.end();
      }
    } catch (error) {
      this.end(error);
    }
  }

  /** @returns whether there was one, or may be */
  private passOne(): boolean {
    const { answers } = this.shared;
    const update = this.source.take();
    if (update === null) return false;
    if (update instanceof Promise) {
      this.acceptedAt = null;
      this.waitFor(update, (taken) => taken && this.answer(taken, answers.to(taken, this)));
    } else {
      this.acceptedAt = update.acceptedAt;
      this.answer(update, answers.to(update, this));
    }
    return true;
  }

  private answer(update: VerificationUpdate, begun: Execution): void {
    if (begun.answer instanceof Promise) {
      this.execution = begun;
      this.waitFor(begun.answer, (settled) => this.tell(update, settled));
    } else {
      this.tell(update, begun.answer);
    }
  }

  private tell(update: VerificationUpdate, settled: Answer): void {
    const { services, answers } = this.shared;
    this.execution = null;
    if (settled.owner !== null && settled.owner !== this) {
      this.answer(update, answers.own(update, this));
      return;
    }
    this.updatesOfTurn += 1;
    this.reader.take(toJson(settled, this, services, answers));
    if (this.acceptedAt !== null) services.telemetry.updateSent(this.acceptedAt);
  }

  /** @param error of the subscription; left out: it has come to its end, or its reader has had enough */
  private end(error?: unknown): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.onEnd();
    this.source.leave();
    this.execution?.leave();
    this.execution = null;
    this.settle(error);
  }
}

/** The result as the subscriber gets it; records whom it showed to them. */
function toJson(
  answer: Answer,
  { args, caller, requestId }: Subscriber,
  services: Services,
  answers: SharedAnswers,
): Buffer {
  const { disclosure, result } = answer;
  if (answer.json && disclosure.fields.size === 0) return answer.json;
  const extensions = concludeDisclosure(
    { caller, requestId, disclosure, services },
    {
      name: getOperationAST(args.document, args.operationName)?.name?.value ?? null,
      sha256: () => sha256(args.document.loc?.source.body ?? ''),
    },
  );
  if (answer.json) return answer.json;
  const { data, errors } = result;
  const json = JSON.stringify({
    data,
    ...(errors && { errors: errors.map((error) => toPublicError(error, services.logger, requestId)) }),
    ...(extensions && { extensions }),
  });
  // Errors carry the subscription's own request id.
  return errors ? Buffer.from(json) : answers.keepJson(answer, json);
}

function sha256(source: string): string {
  return createHash('sha256').update(source).digest('hex');
}
