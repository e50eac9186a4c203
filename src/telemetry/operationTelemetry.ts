import type { Metrics } from './metrics';
import type { NameOperation } from './operationNames';
import type { Tracing } from './tracing';

/** What is known of an operation; filled in while it runs. */
export interface OperationReport {
  /** Null until its document is resolved. */
  type: 'query' | 'mutation' | 'subscription' | null;
  /** As the client chose it. */
  name: string | null;
  /** `OK`, the code of the first error, or `ABANDONED` by its client. */
  status: string;
}

/** One operation as it is watched. */
export interface OperationRecord {
  readonly report: OperationReport;
  /** Spans started meanwhile are below the operation's. */
  run<T>(work: () => T): T;
  /** Counts it; a second time does nothing. */
  end(): void;
}

/**
 * OPERATION: of a client, counted and traced. UPDATE: what a subscription executes for one event, traced, and counted
 * elsewhere when it is sent. PART: of another, neither.
 */
export type OperationKind = 'OPERATION' | 'UPDATE' | 'PART';

/** Counts and traces operations: one place, whichever way they come. */
export interface OperationTelemetry {
  /** @param traceparent what its span continues; left out: what runs at the moment */
  start(kind: OperationKind, requestId: string, traceparent?: string): OperationRecord;
  /** A request that never became an operation. @param code of the error that the client was told */
  refuse(code: string): void;
  /** An update that was sent as it happened. @param acceptedAt when the log took its event: milliseconds since 1970 */
  updateSent(acceptedAt: number): void;
}

/** What is said of an operation that was refused before anything was known of it. */
const REFUSED = 'BAD_REQUEST';
const SPAN_KINDS = { OPERATION: 'SERVER', UPDATE: 'PRODUCER' } as const;

export function createOperationTelemetry({
  metrics,
  tracing,
  nameOperation,
}: {
  metrics: Pick<Metrics, 'countOperation' | 'observeUpdateSent'>;
  /** Null: nobody wants traces. */
  tracing: Tracing | null;
  nameOperation: NameOperation;
}): OperationTelemetry {
  const nameOf = ({ type, name }: OperationReport) => (type === null ? 'other' : nameOperation(name));

  return {
    start(kind, requestId, traceparent) {
      const startedAt = performance.now();
      const report: OperationReport = { type: null, name: null, status: REFUSED };
      const span =
        (kind !== 'PART' && tracing?.start('operation', SPAN_KINDS[kind], { requestId }, traceparent)) || null;
      let hasEnded = false;
      return {
        report,
        run: (work) => (span ? span.run(work) : work()),
        end() {
          if (hasEnded) return;
          hasEnded = true;
          const { type, status } = report;
          const seconds = (performance.now() - startedAt) / 1000;
          if (kind === 'OPERATION') metrics.countOperation(nameOf(report), status, seconds);
          if (!span) return;
          const name = nameOf(report);
          if (type) span.set({ 'graphql.operation.type': type, 'graphql.operation.name': name });
          const what = kind === 'UPDATE' ? 'update' : (type ?? 'refused');
          span.end({ name: `${what} ${name}`, ...(status !== 'OK' && { error: status }) });
        },
      };
    },
    updateSent: metrics.observeUpdateSent,
    refuse: (code) => metrics.countOperation('other', code, null),
  };
}
