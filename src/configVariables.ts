import { readFileSync } from 'node:fs';
import { parseApiKeys } from './access/apiKeys';
import {
  anyText,
  flag,
  integer,
  listOf,
  oneOf,
  optional,
  required,
  textThat,
  type Variable,
  withStandard,
} from './configReaders';
import { parseManifest } from './graphql/persistedOperations';
import { parseExporterHeaders } from './telemetry/exporterHeaders';
import { parseWebhookSecret } from './webhooks/signature';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** How each variable is read, in the order of the reference (docs/configuration.md), which is made of this. */
export const VARIABLES = {
  DATASPIKE_API_KEY: required(
    textThat((text) => /^[\x21-\x7e]+$/.test(text), 'must be printable ASCII without spaces'),
    "the organisation's key at Dataspike",
  ),
  DATASPIKE_ENVIRONMENT: withStandard(
    'sandbox',
    oneOf(['sandbox', 'production'], 'must be sandbox or production'),
    'sets the base URL',
  ),
  DATASPIKE_BASE_URL: optional(readHttpUrl, 'another base URL', 'that of the environment'),
  DATASPIKE_TIMEOUT_MS: withStandard(
    5000,
    integer(1, 600_000),
    'milliseconds for one try of a request to Dataspike, headers and body together',
  ),
  DATASPIKE_MAX_CONCURRENCY: withStandard(
    64,
    integer(1, 10_000),
    'requests to Dataspike at once; more wait for their turn',
  ),
  HOST: withStandard('0.0.0.0', anyText, 'the address to listen on'),
  PORT: withStandard(4000, integer(0, 65_535), '0 lets the system choose'),
  PUBLIC_URL: optional(readHttpUrl, 'how the gateway is reached from outside', 'http://localhost:PORT'),
  WEBHOOK_SECRETS: withStandard(
    [],
    listOf(readWebhookSecrets),
    'comma list of `whsec_…`; a delivery may be signed with any of them',
    'required, unless WEBHOOK_ALLOW_UNSIGNED',
  ),
  WEBHOOK_ALLOW_UNSIGNED: withStandard(
    false,
    flag,
    'start without secrets: every delivery is then only a hint to read again',
  ),
  WEBHOOK_TOLERANCE_SECONDS: withStandard(300, integer(1, 86_400), 'how far the time of a signature may be off'),
  AUTH_JWKS_URL: optional(
    textThat(isKeySetUrl, 'must be an http or https URL without credentials'),
    'public keys of your identity provider: its JWTs are tokens; see [access](access.md)',
  ),
  AUTH_JWT_SECRET: optional(readSigningSecret, 'instead of a key set: what signs the JWTs'),
  AUTH_ISSUER: optional(anyText, '`iss` of the JWTs', 'any'),
  AUTH_AUDIENCE: optional(anyText, '`aud` of the JWTs', 'any'),
  AUTH_API_KEYS: withStandard(
    [],
    listOf(parseApiKeys),
    'comma list of `name:sha256-hex-of-key:scope+scope`',
    'required, unless there are JWTs or AUTH_DISABLED',
  ),
  AUTH_DISABLED: withStandard(false, flag, 'lets everyone do everything; only with a loopback HOST'),
  WATCH_TOKEN_SECRET: optional(
    readSigningSecret,
    'signs watch tokens and file tickets; required with REDIS_URL',
    'random for each process',
  ),
  ACCESS_LOG: withStandard(
    'stdout',
    anyText,
    'where it is recorded who saw personal data: `stdout` or the path of a file',
  ),
  REDIS_URL: optional(
    textThat(isRedisUrl, 'must be a redis or rediss URL'),
    'event log, idempotency, leases and rate limits, shared by many processes',
    'in this process',
  ),
  EVENT_RETENTION: withStandard(100_000, integer(1, 10_000_000), 'events kept for `after`'),
  CORS_ORIGINS: withStandard(
    [],
    listOf(readOrigins),
    'comma list of exact origins that may call from a browser, also over WebSocket',
  ),
  EXPLORER: optional(flag, 'Sandbox at `/` and `/graphql`, GraphiQL at `/graphiql`', 'false in production, else true'),
  INTROSPECTION: optional(flag, 'whether the schema can be asked for', 'false in production, else true'),
  FEDERATION: withStandard(
    false,
    flag,
    'serves the schema as a subgraph of Apollo Federation; see [federation](federation.md)',
  ),
  PERSISTED_OPERATIONS: optional(
    (path) => parseManifest(readManifest(path)),
    'path of a manifest of trusted documents: JSON, hash → document, as the client preset of GraphQL Code Generator writes it',
  ),
  PERSISTED_OPERATIONS_ONLY: withStandard(false, flag, 'refuse every other document'),
  TRUST_PROXY: withStandard(
    false,
    readTrustProxy,
    'whose `X-Forwarded-For` is believed: of nobody, of so many proxies, or of all',
  ),
  LIMIT_BODY_BYTES: withStandard(262_144, integer(1, 100_000_000), 'bytes of one request, also after decompression'),
  LIMIT_TOKENS: withStandard(
    1000,
    integer(1, 1_000_000),
    'tokens of one document; also names and values of its variables',
  ),
  LIMIT_DEPTH: withStandard(12, integer(1, 1000), 'levels of fields'),
  LIMIT_COST: withStandard(
    5000,
    integer(1, 100_000_000),
    'one for each field; a connection multiplies what is below it by `first`',
  ),
  LIMIT_ALIASES: withStandard(50, integer(0, 100_000), 'aliased and repeated fields of one operation'),
  LIMIT_ROOT_FIELDS: withStandard(20, integer(1, 100_000), 'fields on the first level'),
  LIMIT_DIRECTIVES: withStandard(50, integer(0, 100_000), 'directives of one operation'),
  LIMIT_OPERATION_MS: withStandard(
    12_000,
    integer(1, 600_000),
    'milliseconds: one deadline for everything that an operation waits for',
  ),
  LIMIT_REQUESTS_PER_MINUTE: withStandard(
    6000,
    integer(0, 100_000_000),
    'per caller; a watch token has 120 at most; 0 switches both off',
  ),
  LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE: withStandard(
    60,
    integer(0, 100_000_000),
    'wrong tokens per remote address; 0 switches it off',
  ),
  LIMIT_SUBSCRIPTIONS_PER_SOCKET: withStandard(100, integer(1, 100_000), 'subscriptions at once'),
  LIMIT_SUBSCRIPTIONS_PER_CALLER: withStandard(1000, integer(1, 1_000_000), 'subscriptions at once, per process'),
  LIMIT_WEBSOCKET_MESSAGE_BYTES: withStandard(65_536, integer(1, 100_000_000), 'bytes of one message from a client'),
  LOG_LEVEL: withStandard(
    'info',
    oneOf(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`),
    'the least that is logged',
  ),
  METRICS_PORT: optional(integer(0, 65_535), 'a port for `GET /metrics` alone; 0 lets the system choose', 'on PORT'),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(
    readHttpUrl,
    'where traces go, over OTLP/HTTP; see [operations](operations.md)',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: optional(
    listOf(parseExporterHeaders),
    'comma list of `name=value`, percent-encoded: headers for the collector',
  ),
  OTEL_SERVICE_NAME: withStandard(
    'dataspike-graphql',
    textThat((text) => /^[\x20-\x7e]{1,100}$/.test(text), 'must be printable ASCII, 100 characters at most'),
    'who the traces are from',
  ),
};

/** Each of these may come from the file that `NAME_FILE` names. */
export const SECRETS = [
  'DATASPIKE_API_KEY',
  'WEBHOOK_SECRETS',
  'AUTH_JWT_SECRET',
  'AUTH_API_KEYS',
  'WATCH_TOKEN_SECRET',
  'REDIS_URL',
  'OTEL_EXPORTER_OTLP_HEADERS',
] as const;

/** What the variables hold once they are read. */
export type Values = {
  [K in keyof typeof VARIABLES]: (typeof VARIABLES)[K] extends Variable<infer Value> ? Value : never;
};

function readHttpUrl(text: string): string {
  if (!isHttpUrl(text)) throw new Error('must be an http or https URL without query, fragment or credentials');
  return text.replace(/\/+$/, '');
}

function readSigningSecret(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length < 32) throw new Error('must be at least 32 bytes');
  return bytes;
}

function readWebhookSecrets(secrets: readonly string[]): readonly string[] {
  for (const secret of secrets) parseWebhookSecret(secret);
  return secrets;
}

function readOrigins(items: readonly string[]): readonly string[] {
  if (!items.every(isOrigin)) throw new Error('must be origins such as https://app.example.com');
  return items;
}

function readTrustProxy(text: string): boolean | number {
  if (!/^(true|false|\d{1,2})$/.test(text)) throw new Error('must be true, false or a number of proxies');
  return /^\d/.test(text) ? Number(text) : text === 'true';
}

function readManifest(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new Error('cannot be read');
  }
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username && !url.password;
}

/** Some identity providers name a policy in the query. */
function isKeySetUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && !url.hash && !url.username && !url.password;
}

function isRedisUrl(text: string): boolean {
  return URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol);
}

function isOrigin(text: string): boolean {
  return isHttpUrl(text) && new URL(text).origin === text;
}
