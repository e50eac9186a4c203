import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseApiKeys } from './access/apiKeys';
import { parseManifest } from './graphql/persistedOperations';
import { parseExporterHeaders } from './telemetry/exporterHeaders';
import { parseWebhookSecret } from './webhooks/signature';

const flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');
const integer = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`);
const httpUrl = z
  .string()
  .refine(isHttpUrl, 'must be an http or https URL without query, fragment or credentials')
  .transform((text) => text.replace(/\/+$/, ''));
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const origins = list.refine((items) => items.every(isOrigin), 'must be origins such as https://app.example.com');

const signingSecret = z
  .string()
  .transform((text) => Buffer.from(text, 'utf8'))
  .refine((bytes) => bytes.length >= 32, 'must be at least 32 bytes');

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/**
 * How each variable is read, in the order of the reference (docs/configuration.md), which is made of this: `meta` says what
 * the variable means and, where no value stands for it, what happens when it is left out.
 */
export const VARIABLES = {
  DATASPIKE_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
    .meta({ description: "the organisation's key at Dataspike" }),
  DATASPIKE_ENVIRONMENT: z
    .enum(['sandbox', 'production'], 'must be sandbox or production')
    .default('sandbox')
    .meta({ description: 'sets the base URL' }),
  DATASPIKE_BASE_URL: httpUrl.optional().meta({ description: 'another base URL', leftOut: 'that of the environment' }),
  DATASPIKE_TIMEOUT_MS: integer(1, 600_000)
    .default(5000)
    .meta({ description: 'milliseconds for one try of a request to Dataspike, headers and body together' }),
  DATASPIKE_MAX_CONCURRENCY: integer(1, 10_000)
    .default(64)
    .meta({ description: 'requests to Dataspike at once; more wait for their turn' }),
  HOST: z.string().default('0.0.0.0').meta({ description: 'the address to listen on' }),
  PORT: integer(0, 65_535).default(4000).meta({ description: '0 lets the system choose' }),
  PUBLIC_URL: httpUrl
    .optional()
    .meta({ description: 'how the gateway is reached from outside', leftOut: 'http://localhost:PORT' }),
  WEBHOOK_SECRETS: list
    .transform((items, context) => checked(() => items.map(parseWebhookSecret) && items, context))
    .default([])
    .meta({
      description: 'comma list of `whsec_…`; a delivery may be signed with any of them',
      leftOut: 'required, unless WEBHOOK_ALLOW_UNSIGNED',
    }),
  WEBHOOK_ALLOW_UNSIGNED: flag
    .default(false)
    .meta({ description: 'start without secrets: every delivery is then only a hint to read again' }),
  WEBHOOK_TOLERANCE_SECONDS: integer(1, 86_400)
    .default(300)
    .meta({ description: 'how far the time of a signature may be off' }),
  AUTH_JWKS_URL: z
    .string()
    .refine(isKeySetUrl, 'must be an http or https URL without credentials')
    .optional()
    .meta({ description: 'public keys of your identity provider: its JWTs are tokens; see [access](access.md)' }),
  AUTH_JWT_SECRET: signingSecret.optional().meta({ description: 'instead of a key set: what signs the JWTs' }),
  AUTH_ISSUER: z.string().optional().meta({ description: '`iss` of the JWTs', leftOut: 'any' }),
  AUTH_AUDIENCE: z.string().optional().meta({ description: '`aud` of the JWTs', leftOut: 'any' }),
  AUTH_API_KEYS: list
    .transform((items, context) => checked(() => parseApiKeys(items), context))
    .default([])
    .meta({
      description: 'comma list of `name:sha256-hex-of-key:scope+scope`',
      leftOut: 'required, unless there are JWTs or AUTH_DISABLED',
    }),
  AUTH_DISABLED: flag.default(false).meta({ description: 'lets everyone do everything; only with a loopback HOST' }),
  WATCH_TOKEN_SECRET: signingSecret.optional().meta({
    description: 'signs watch tokens and file tickets; required with REDIS_URL',
    leftOut: 'random for each process',
  }),
  ACCESS_LOG: z
    .string()
    .default('stdout')
    .meta({ description: 'where it is recorded who saw personal data: `stdout` or the path of a file' }),
  REDIS_URL: z
    .string()
    .refine((text) => URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol), 'must be a redis or rediss URL')
    .optional()
    .meta({
      description: 'event log, idempotency, leases and rate limits, shared by many processes',
      leftOut: 'in this process',
    }),
  EVENT_RETENTION: integer(1, 10_000_000).default(100_000).meta({ description: 'events kept for `after`' }),
  CORS_ORIGINS: origins
    .default([])
    .meta({ description: 'comma list of exact origins that may call from a browser, also over WebSocket' }),
  EXPLORER: flag.optional().meta({
    description: 'Sandbox at `/` and `/graphql`, GraphiQL at `/graphiql`',
    leftOut: 'false in production, else true',
  }),
  INTROSPECTION: flag
    .optional()
    .meta({ description: 'whether the schema can be asked for', leftOut: 'false in production, else true' }),
  FEDERATION: flag
    .default(false)
    .meta({ description: 'serves the schema as a subgraph of Apollo Federation; see [federation](federation.md)' }),
  PERSISTED_OPERATIONS: z
    .string()
    .transform((path, context) => checked(() => parseManifest(readManifest(path)), context))
    .optional()
    .meta({
      description:
        'path of a manifest of trusted documents: JSON, hash → document, as the client preset of GraphQL Code Generator writes it',
    }),
  PERSISTED_OPERATIONS_ONLY: flag.default(false).meta({ description: 'refuse every other document' }),
  TRUST_PROXY: z
    .string()
    .regex(/^(true|false|\d{1,2})$/, 'must be true, false or a number of proxies')
    .transform((text) => (/^\d/.test(text) ? Number(text) : text === 'true'))
    .default(false)
    .meta({ description: 'whose `X-Forwarded-For` is believed: of nobody, of so many proxies, or of all' }),
  LIMIT_BODY_BYTES: integer(1, 100_000_000)
    .default(262_144)
    .meta({ description: 'bytes of one request, also after decompression' }),
  LIMIT_TOKENS: integer(1, 1_000_000)
    .default(1000)
    .meta({ description: 'tokens of one document; also names and values of its variables' }),
  LIMIT_DEPTH: integer(1, 1000).default(12).meta({ description: 'levels of fields' }),
  LIMIT_COST: integer(1, 100_000_000)
    .default(5000)
    .meta({ description: 'one for each field; a connection multiplies what is below it by `first`' }),
  LIMIT_ALIASES: integer(0, 100_000).default(50).meta({ description: 'aliased and repeated fields of one operation' }),
  LIMIT_ROOT_FIELDS: integer(1, 100_000).default(20).meta({ description: 'fields on the first level' }),
  LIMIT_DIRECTIVES: integer(0, 100_000).default(50).meta({ description: 'directives of one operation' }),
  LIMIT_OPERATION_MS: integer(1, 600_000)
    .default(12_000)
    .meta({ description: 'milliseconds: one deadline for everything that an operation waits for' }),
  LIMIT_REQUESTS_PER_MINUTE: integer(0, 100_000_000)
    .default(6000)
    .meta({ description: 'per caller; a watch token has 120 at most; 0 switches both off' }),
  LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE: integer(0, 100_000_000)
    .default(60)
    .meta({ description: 'wrong tokens per remote address; 0 switches it off' }),
  LIMIT_SUBSCRIPTIONS_PER_SOCKET: integer(1, 100_000).default(100).meta({ description: 'subscriptions at once' }),
  LIMIT_SUBSCRIPTIONS_PER_CALLER: integer(1, 1_000_000)
    .default(1000)
    .meta({ description: 'subscriptions at once, per process' }),
  LIMIT_WEBSOCKET_MESSAGE_BYTES: integer(1, 100_000_000)
    .default(65_536)
    .meta({ description: 'bytes of one message from a client' }),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`)
    .default('info')
    .meta({ description: 'the least that is logged' }),
  METRICS_PORT: integer(0, 65_535)
    .optional()
    .meta({ description: 'a port for `GET /metrics` alone; 0 lets the system choose', leftOut: 'on PORT' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .meta({ description: 'where traces go, over OTLP/HTTP; see [operations](operations.md)' }),
  OTEL_EXPORTER_OTLP_HEADERS: list
    .transform((items, context) => checked(() => parseExporterHeaders(items), context))
    .optional()
    .meta({ description: 'comma list of `name=value`, percent-encoded: headers for the collector' }),
  OTEL_SERVICE_NAME: z
    .string()
    .regex(/^[\x20-\x7e]{1,100}$/, 'must be printable ASCII, 100 characters at most')
    .default('dataspike-graphql')
    .meta({ description: 'who the traces are from' }),
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
export type Values = { [K in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[K]> };
/** Turns a thrown error into a fault of the variable. Messages of the parsers never repeat the value. */
function checked<T>(parse: () => T, context: z.RefinementCtx): T {
  try {
    return parse();
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'is not valid' });
    return z.NEVER;
  }
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

function isOrigin(text: string): boolean {
  return isHttpUrl(text) && new URL(text).origin === text;
}
