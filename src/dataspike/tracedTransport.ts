import type { Tracing } from '../telemetry/tracing';
import type { Call } from './call';
import type { Transport } from './transport';

/**
 * The same transport, whose calls are spans, with their waiting and their tries; Dataspike is told which
 * (`traceparent`). For a download until its headers are there.
 */
export function traceTransport(transport: Transport, tracing: Tracing): Transport {
  async function traced<C extends Call, T>(call: C, run: (call: C) => Promise<T>): Promise<T> {
    const { endpoint, method } = call;
    const span = tracing.start(endpoint, 'CLIENT', { 'http.request.method': method });
    try {
      const result = await span.run(() => run({ ...call, traceparent: span.traceparent }));
      span.end();
      return result;
    } catch (error) {
      span.end({ error: error instanceof Error ? error.constructor.name : typeof error });
      throw error;
    }
  }
  return {
    ...transport,
    json: (call) => traced(call, transport.json),
    multipart: (call) => traced(call, transport.multipart),
    stream: (call) => traced(call, transport.stream),
    for: (origin) => traceTransport(transport.for(origin), tracing),
  };
}
