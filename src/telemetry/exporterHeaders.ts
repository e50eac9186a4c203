/**
 * Headers for the collector, as OpenTelemetry's SDKs read them from OTEL_EXPORTER_OTLP_HEADERS.
 * @param items `name=value`, percent-encoded
 * @throws Error that says what is wrong, without repeating any of it
 */
export function parseExporterHeaders(items: readonly string[]): Record<string, string> {
  return Object.fromEntries(items.map(parseHeader));
}

function parseHeader(item: string): [string, string] {
  const [name = '', ...rest] = item.split('=').map((part) => decode(part.trim()));
  const value = rest.join('=');
  // RFC 9110 §5.1 and §5.5.
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\x21-\x7e][\t\x20-\x7e]*$/.test(value)) throw wrong();
  return [name, value];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong();
  }
}

function wrong(): Error {
  return new Error('must be a comma list of name=value, percent-encoded');
}
