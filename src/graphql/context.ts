import type { Logger } from 'pino';
import type { RecordAccess } from '../access/accessRecord';
import type { Caller } from '../access/caller';
import type { FileTickets } from '../access/fileTickets';
import type { WatchTokens } from '../access/watchTokens';
import type { createClientsOfCallers, DataspikeClient } from '../dataspike/client';
import { UpstreamTimeout } from '../dataspike/errors';
import { type CallSignal, StopSignal } from '../dataspike/stopSignal';
import { createLoaders, createStaleness, type Loaders, type Reads, type Staleness } from '../entities/loaders';
import type { EventLog } from '../events/eventLog';
import type { StateRecorder } from '../events/recordState';
import type { Watchers } from '../events/watchers';
import type { OperationKind, OperationReport, OperationTelemetry } from '../telemetry/operationTelemetry';
import type { Creations } from './creations';
import { createDisclosure, type Disclosure } from './disclosure';

/** What every operation of the process shares. */
export interface Services extends Omit<Reads, 'client'> {
  /** The way to Dataspike on behalf of a caller. */
  readonly clientFor: ReturnType<typeof createClientsOfCallers>;
  readonly log: EventLog;
  readonly watchers: Watchers;
  readonly recorder: StateRecorder;
  readonly watchTokens: WatchTokens;
  readonly creations: Creations;
  readonly recordAccess: RecordAccess;
  readonly telemetry: OperationTelemetry;
  /** Makes the links of uploads and documents. */
  readonly fileTickets: Pick<FileTickets, 'issueUpload' | 'issueDownload'>;
  /** How the gateway is reached from outside, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly logger: Logger;
  readonly environment: 'sandbox' | 'production';
  /** Dataspike's base URL, which the Web SDK's widget takes as `apiUrl`. */
  readonly widgetApiUrl: string;
  /** One deadline for everything that an operation waits for. */
  readonly operationMs: number;
}

/** What one operation, or one update of a subscription, gets. */
export interface OperationContext {
  readonly services: Services;
  readonly client: DataspikeClient;
  readonly loaders: Loaders;
  readonly caller: Caller;
  readonly requestId: string;
  /** What is known of it so far, for metrics and traces. */
  readonly report: OperationReport;
  /** What it shows of people, and what it holds back. */
  readonly disclosure: Disclosure;
  /** What of it is old, because Dataspike cannot answer. */
  readonly staleness: Staleness;
  readonly stalePaths: StalePath[];
  /** Aborts at the deadline, and when the client has gone. */
  readonly signal: CallSignal;
}

/** Where an answer holds something old. */
export interface StalePath {
  readonly path: readonly (string | number)[];
  readonly ageSeconds: number;
}

/** An operation under way. `end` must be called, whatever became of it. */
export interface Operation {
  readonly context: OperationContext;
  /** What runs in it is told as its part in traces. */
  run<T>(work: () => T): T;
  /** The client has gone: what only this operation waits for is given up. */
  abandon(): void;
  end(): void;
}

/**
 * @param kind how it is counted and traced; default: as what a client asks for
 * @param traceparent what its span continues; default: what runs at the moment
 * @param onNamed called when a resolver looks who it is that asks
 */
export function startOperation(
  services: Services,
  caller: Caller,
  requestId: string,
  {
    kind = 'OPERATION',
    traceparent,
    onNamed,
  }: { readonly kind?: OperationKind; readonly traceparent?: string; readonly onNamed?: () => void } = {},
): Operation {
  const record = services.telemetry.start(kind, requestId, traceparent);
  const context = new LazyContext(services, caller, requestId, record.report, onNamed);
  const { deadline } = context;
  const { signal } = deadline;
  return {
    context,
    run: record.run,
    abandon: () => signal.abort(CLIENT_GONE),
    end() {
      deadline.end();
      if (signal.reason instanceof ClientGone) record.report.status = 'ABANDONED';
      record.end();
    },
  };
}

/**
 * What only those need who read something is made when it is asked for: most updates of subscriptions read nothing. A
 * class, because the getters of an object literal are made anew with each object; without `#` fields, which the copy that
 * Apollo Server makes would lack.
 */
class LazyContext implements OperationContext {
  readonly disclosure = createDisclosure();
  readonly staleness = createStaleness();
  readonly stalePaths: StalePath[] = [];
  readonly deadline: Deadline;
  readonly caller: Caller;
  private readonly asker: Caller;
  private readonly knownRequestId: string;
  private readonly onNamed: (() => void) | undefined;
  private madeClient: DataspikeClient | null = null;
  private madeLoaders: Loaders | null = null;

  constructor(
    readonly services: Services,
    caller: Caller,
    requestId: string,
    readonly report: OperationReport,
    onNamed: (() => void) | undefined,
  ) {
    this.caller = onNamed ? new UnnamedCaller(caller, onNamed) : caller;
    this.asker = caller;
    this.deadline = new Deadline(services.operationMs);
    this.knownRequestId = requestId;
    this.onNamed = onNamed;
  }

  get client(): DataspikeClient {
    const { kind, id } = this.asker;
    this.madeClient ??= this.services.clientFor({ callerId: `${kind} ${id}`, deadlineAtMs: this.deadline.atMs });
    return this.madeClient;
  }
  get signal(): CallSignal {
    return this.deadline.watched();
  }
  get loaders(): Loaders {
    const { cache, sharedReads } = this.services;
    this.madeLoaders ??= createLoaders({ client: this.client, cache, sharedReads }, this.signal, this.staleness);
    return this.madeLoaders;
  }
  get requestId(): string {
    this.onNamed?.();
    return this.knownRequestId;
  }
}

/** Of one operation. Its clock runs from its start, with a timer once there is somebody to tell: updates seldom wait. */
class Deadline {
  readonly signal = new StopSignal();
  readonly atMs: number;
  private timer: NodeJS.Timeout | undefined;
  private hasEnded = false;

  constructor(operationMs: number) {
    this.atMs = performance.now() + operationMs;
  }

  watched(): CallSignal {
    if (!this.timer && !this.hasEnded) {
      this.timer = setTimeout(() => this.signal.abort(new UpstreamTimeout()), this.atMs - performance.now());
    }
    return this.signal;
  }

  end(): void {
    this.hasEnded = true;
    clearTimeout(this.timer);
  }
}

/** The same rights, of nobody in particular. */
class UnnamedCaller implements Caller {
  readonly kind: Caller['kind'];
  readonly scopes: Caller['scopes'];
  readonly expiresAt: Caller['expiresAt'];
  readonly watches: Caller['watches'];

  constructor(
    private readonly caller: Caller,
    private readonly onNamed: () => void,
  ) {
    this.kind = caller.kind;
    this.scopes = caller.scopes;
    this.expiresAt = caller.expiresAt;
    this.watches = caller.watches;
  }

  get id(): string {
    this.onNamed();
    return this.caller.id;
  }
}

/** Nobody is left to answer. */
export class ClientGone extends Error {
  constructor() {
    super('The client has gone');
  }
}

/** One for all: nobody reads its stack, and to make one for each of a thousand takes as long as to end their operations. */
const CLIENT_GONE = new ClientGone();
