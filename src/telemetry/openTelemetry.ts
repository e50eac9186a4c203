import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Span as ApiSpan,
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  SpanKind as Kind,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Span, TraceHeaders, Tracing } from './tracing';

/** How long the last spans may take. */
const CLOSE_MS = 2_000;

/**
 * Tracing with OpenTelemetry's SDK. Nothing is registered globally, so that several gateways in one process have each its
 * own. The SDK itself reads OTEL_TRACES_SAMPLER.
 * @param processor gets each span when it ends
 */
export function createOpenTelemetry(serviceName: string, processor: SpanProcessor): Tracing {
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': serviceName })),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('dataspike-graphql');
  const propagator = new W3CTraceContextPropagator();
  /** What runs: told when somebody asks, so that a lazy span begins to exist. */
  const running = new AsyncLocalStorage<() => Context>();
  const currentContext = () => running.getStore()?.() ?? ROOT_CONTEXT;

  const extract = (headers: TraceHeaders) => propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);

  function traceparentOf(context: Context): string | null {
    const carrier: Record<string, string> = {};
    propagator.inject(context, carrier, defaultTextMapSetter);
    return carrier.traceparent ?? null;
  }

  function wrap(span: ApiSpan): Span {
    const context = trace.setSpan(ROOT_CONTEXT, span);
    return {
      get traceparent() {
        return traceparentOf(context) ?? '';
      },
      run: (work) => running.run(() => context, work),
      set: (attributes) => void span.setAttributes(attributes),
      note: (name, attributes) => void span.addEvent(name, attributes),
      end: ({ name, error } = {}) => end(span, name, error),
    };
  }

  return {
    start(name, kind, attributes, traceparent) {
      const parent = traceparent === undefined ? currentContext() : extract({ traceparent });
      return wrap(tracer.startSpan(name, { kind: Kind[kind], attributes: { ...attributes } }, parent));
    },
    runLazily(name, work) {
      const above = running.getStore();
      const startTime = Date.now();
      let hasEnded = false;
      let span: ApiSpan | null = null;
      const finish = (error?: string) => {
        hasEnded = true;
        if (span) end(span, undefined, error);
      };
      const materialise = () => {
        const parent = above?.() ?? ROOT_CONTEXT;
        if (!span && hasEnded) return parent;
        span ??= tracer.startSpan(name, { startTime }, parent);
        return trace.setSpan(ROOT_CONTEXT, span);
      };
      const result = running.run(materialise, work);
      if (!(result instanceof Promise)) finish();
      // Beside it: who waits for the result gets the very same promise.
      else
        void result.then(
          () => finish(),
          (error: unknown) => finish(className(error)),
        );
      return result;
    },
    continueFrom(headers, work) {
      const remote = extract(headers);
      return running.run(() => remote, work);
    },
    active() {
      const span = trace.getSpan(currentContext());
      return span?.isRecording() ? wrap(span) : null;
    },
    traceparent: () => traceparentOf(currentContext()),
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const tooLong = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_MS);
      });
      // What could not be sent has been logged.
      await Promise.race([provider.shutdown().catch(() => undefined), tooLong]);
      clearTimeout(timer);
    },
  };
}

function end(span: ApiSpan, name: string | undefined, error: string | undefined): void {
  if (name !== undefined) span.updateName(name);
  if (error !== undefined) {
    span.setAttribute('error.type', error);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** Messages may hold anything. */
function className(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error;
}
