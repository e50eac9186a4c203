import type { Logger } from 'pino';
import type { Tracing, TracingOptions } from './tracing';

/** @returns null without options: then OpenTelemetry's SDK is not even loaded */
export function loadTracing(options: TracingOptions | null, logger: Logger): Tracing | null {
  if (options === null) return null;
  const { createOtlpTracing }: typeof import('./otlpTracing') = require('./otlpTracing');
  return createOtlpTracing(options, logger);
}
