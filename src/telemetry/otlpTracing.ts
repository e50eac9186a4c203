import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';
import { reportFailures } from './exportFailures';
import { createOpenTelemetry } from './openTelemetry';
import type { Tracing, TracingOptions } from './tracing';

/** Tracing over OTLP/HTTP. The SDK itself reads OTEL_BSP_*. */
export function createOtlpTracing({ endpoint, headers, serviceName }: TracingOptions, logger: Logger): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, headers: { ...headers } });
  return createOpenTelemetry(serviceName, new BatchSpanProcessor(reportFailures(exporter, logger)));
}
