import type { IncomingMessage, ServerResponse } from 'node:http';
import { Kind, parse } from 'graphql';
import type { Config } from './config';
import type { RequestReport } from './dataspike/call';
import { traceTransport } from './dataspike/tracedTransport';
import { createTransport, type Transport, type TransportOptions } from './dataspike/transport';
import { createMetrics, type Metrics } from './telemetry/metrics';
import { createOperationNames } from './telemetry/operationNames';
import { createOperationTelemetry, type OperationTelemetry } from './telemetry/operationTelemetry';
import type { Tracing } from './telemetry/tracing';
import type { WebhookReceiver } from './webhooks/receiveWebhook';

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** What operators see of one gateway. */
export interface GatewayTelemetry {
  readonly metrics: Metrics;
  readonly operations: OperationTelemetry;
  /** A way to Dataspike that is counted, and traced where somebody wants to know. */
  openTransport(options: Omit<TransportOptions, 'onRequest'>): Transport;
  /** The same handler; what it does continues the trace that the request's headers name. */
  traceRequests(handler: Handler): Handler;
  /** The same receiver; each delivery is a span. */
  traceDeliveries(receiver: WebhookReceiver): WebhookReceiver;
}

/**
 * @param watcherCount asked at each scrape
 * @param tracing null: nobody wants traces
 */
export function createGatewayTelemetry(
  { persistedOperations: { manifest } }: Pick<Config, 'persistedOperations'>,
  { watcherCount, tracing }: { watcherCount: () => number; tracing: Tracing | null },
): GatewayTelemetry {
  const transports: Transport[] = [];
  const isBreakerOpen = () => transports.some((transport) => transport.state().breaker === 'OPEN');
  const metrics = createMetrics({ isBreakerOpen, watcherCount });
  const nameOperation = createOperationNames([...(manifest?.values() ?? [])].flatMap(namesIn));

  function onRequest(report: RequestReport) {
    metrics.countRequest(report);
    const span = tracing?.active();
    if (!span) return;
    const { status, outcome } = report;
    span.note('tried', { outcome });
    if (status !== null) span.set({ 'http.response.status_code': status });
  }

  return {
    metrics,
    operations: createOperationTelemetry({ metrics, tracing, nameOperation }),
    openTransport(options) {
      const transport = createTransport({ ...options, onRequest });
      transports.push(transport);
      return tracing ? traceTransport(transport, tracing) : transport;
    },
    traceRequests(handler) {
      if (!tracing) return handler;
      return (request, response, url) => tracing.continueFrom(request.headers, () => handler(request, response, url));
    },
    traceDeliveries(receiver) {
      if (!tracing) return receiver;
      return {
        async receive(delivery) {
          const span = tracing.start('webhook delivery', 'SERVER', {});
          const answer = await span.run(() => receiver.receive(delivery));
          const { status, result } = answer;
          span.set({ 'http.response.status_code': status, 'webhook.result': result });
          span.end(status === 200 ? {} : { error: result });
          return answer;
        },
      };
    },
  };
}

/** @param source a document that can be parsed */
function namesIn(source: string): string[] {
  return parse(source).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.name ? [definition.name.value] : [],
  );
}
