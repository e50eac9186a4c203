import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { createOpenTelemetry } from '../../src/telemetry/openTelemetry';
import type { Tracing } from '../../src/telemetry/tracing';
import { refuseCanaries } from './canaries';

/** Tracing whose spans go nowhere, but are held against what must not be in them. */
export interface SpanSearch {
  readonly tracing: Tracing;
  /** Throws what the first span with anything of a person, or a secret, threw. */
  refuseFound(): void;
}

/** Keeps no span, so that a test with many may look at its memory. */
export function createSpanSearch(secrets: readonly string[]): SpanSearch {
  let found: unknown = null;
  function search(span: ReadableSpan) {
    try {
      refuseCanaries('the spans', textOf(span), secrets);
    } catch (error) {
      found ??= error;
    }
  }
  const tracing = createOpenTelemetry('of-the-tests', {
    onStart() {},
    onEnd: search,
    async forceFlush() {},
    async shutdown() {},
  });
  return {
    tracing,
    refuseFound() {
      if (found) throw found;
    },
  };
}

/** All that an exporter would send of it. */
function textOf(span: ReadableSpan): string {
  const { name, attributes, events, status, links, resource } = span;
  const traceState = span.spanContext().traceState?.serialize();
  return JSON.stringify({ name, attributes, events, status, links, resource: resource.attributes, traceState });
}
