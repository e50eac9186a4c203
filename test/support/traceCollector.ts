import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A span as it came over OTLP/HTTP, its attributes as an object. */
export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for the first of its trace. */
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly events: readonly { readonly name: string }[];
  /** 2 is an error. */
  readonly status: { readonly code?: number };
  readonly serviceName: unknown;
}

/** A collector: takes OTLP/HTTP with JSON at `/v1/traces`, as opentelemetry-proto's trace_service.proto says. */
export interface TraceCollector {
  readonly url: string;
  spans(): readonly CollectedSpan[];
  /** Of each export. */
  headers(): readonly IncomingHttpHeaders[];
  /** Every export as it came. */
  text(): string;
  /** What exports are answered with from now on; at first 200. */
  answerWith(status: number): void;
  close(): Promise<void>;
}

interface WireValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}
type WireAttributes = readonly { readonly key: string; readonly value: WireValue }[];
interface WireExport {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: WireAttributes };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<CollectedSpan, 'attributes' | 'serviceName'> & { attributes: WireAttributes })[];
    }[];
  }[];
}

export async function startTraceCollector(): Promise<TraceCollector> {
  const exports: WireExport[] = [];
  const headers: IncomingHttpHeaders[] = [];
  let status = 200;
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as WireExport;
    headers.push(request.headers);
    if (request.method === 'POST' && request.url === '/v1/traces' && status === 200) exports.push(body);
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => exports.flatMap(readSpans),
    headers: () => headers,
    text: () => JSON.stringify(exports),
    answerWith(next) {
      status = next;
    },
    async close() {
      await new Promise((resolve) => server.close(resolve).closeAllConnections());
    },
  };
}

function readSpans({ resourceSpans }: WireExport): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const serviceName = readAttributes(resource.attributes)['service.name'];
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({ ...span, attributes: readAttributes(span.attributes), serviceName })),
    );
  });
}

function readAttributes(attributes: WireAttributes): Record<string, string | number | boolean> {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue, doubleValue, boolValue } }) => [
      key,
      stringValue ?? boolValue ?? Number(intValue ?? doubleValue),
    ]),
  );
}
