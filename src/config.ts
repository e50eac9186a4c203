import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type ApiKey, parseApiKeys } from './access/apiKeys';
import { parseManifest } from './graphql/persistedOperations';
import { parseWebhookSecret } from './webhooks/signature';

/** Everything an operator decides, checked and frozen. Read once; see `contract` in the README for the variables. */
export interface Config {
  readonly dataspike: {
    readonly apiKey: string;
    readonly environment: 'sandbox' | 'production';
    /** No trailing slash. */
    readonly baseUrl: string;
    /** Per try, headers and body together. */
    readonly timeoutMs: number;
    readonly maxConcurrency: number;
  };
  readonly server: {
    readonly host: string;
    /** 0 lets the system choose. */
    readonly port: number;
    /** No trailing slash; null means `http://localhost:PORT`. */
    readonly publicUrl: string | null;
    /** Exact origins; also for WebSocket upgrades. */
    readonly corsOrigins: readonly string[];
    readonly explorer: boolean;
    readonly introspection: boolean;
    /** Proxies whose X-Forwarded-For is believed; `true` believes all of it. */
    readonly trustProxy: boolean | number;
  };
  readonly persistedOperations: {
    /** Hash → document; null without a manifest. */
    readonly manifest: ReadonlyMap<string, string> | null;
    /** Refuses every other document. */
    readonly only: boolean;
  };
  readonly webhooks: {
    /** Any may sign. Empty means that every delivery is only a hint to read again. */
    readonly secrets: readonly string[];
    readonly toleranceSeconds: number;
  };
  readonly access: {
    readonly apiKeys: readonly ApiKey[];
    readonly disabled: boolean;
    /** How JWTs of your identity provider are verified; null accepts none. */
    readonly jwt: JwtConfig | null;
    /** Signs watch tokens and file tickets, each with a key derived from it. Random when the variable is left out. */
    readonly tokenSecret: Buffer;
    /** Where it is recorded who saw personal data: `stdout`, or the path of a file. */
    readonly log: string;
  };
  readonly events: {
    readonly retention: number;
    /** Null keeps events in this process. */
    readonly redisUrl: string | null;
  };
  readonly limits: {
    readonly bodyBytes: number;
    /** Of one GraphQL document. */
    readonly tokens: number;
    /** Of one operation, as are the next four; see `Complexity` for how they are counted. */
    readonly depth: number;
    readonly cost: number;
    readonly aliases: number;
    readonly rootFields: number;
    readonly directives: number;
    readonly operationMs: number;
    /** Per caller; 0 switches it off. */
    readonly requestsPerMinute: number;
    /** Per remote address; 0 switches it off. */
    readonly failedAuthenticationsPerMinute: number;
    readonly subscriptionsPerSocket: number;
    readonly subscriptionsPerCaller: number;
    readonly webSocketMessageBytes: number;
  };
  readonly logLevel: string;
}

/** Exactly one of the key set and the secret is given. */
export interface JwtConfig {
  readonly jwksUrl: string | null;
  /** At least 32 bytes (RFC 7518 §3.2). */
  readonly secret: Buffer | null;
  /** Null accepts any. */
  readonly issuer: string | null;
  /** Null accepts any. */
  readonly audience: string | null;
}

/** Names every variable that is missing or wrong. The values are not in the text: some are secrets. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

const BASE_URLS = { sandbox: 'https://sandboxapi.dataspike.io', production: 'https://api.dataspike.io' } as const;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

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

const VARIABLES = {
  DATASPIKE_API_KEY: z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
  DATASPIKE_ENVIRONMENT: z.enum(['sandbox', 'production'], 'must be sandbox or production').default('sandbox'),
  DATASPIKE_BASE_URL: httpUrl.optional(),
  DATASPIKE_TIMEOUT_MS: integer(1, 600_000).default(5000),
  DATASPIKE_MAX_CONCURRENCY: integer(1, 10_000).default(64),
  HOST: z.string().default('0.0.0.0'),
  PORT: integer(0, 65_535).default(4000),
  PUBLIC_URL: httpUrl.optional(),
  WEBHOOK_SECRETS: list
    .transform((items, context) => checked(() => items.map(parseWebhookSecret) && items, context))
    .default([]),
  WEBHOOK_ALLOW_UNSIGNED: flag.default(false),
  WEBHOOK_TOLERANCE_SECONDS: integer(1, 86_400).default(300),
  AUTH_JWKS_URL: z.string().refine(isKeySetUrl, 'must be an http or https URL without credentials').optional(),
  AUTH_JWT_SECRET: signingSecret.optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  AUTH_API_KEYS: list.transform((items, context) => checked(() => parseApiKeys(items), context)).default([]),
  AUTH_DISABLED: flag.default(false),
  WATCH_TOKEN_SECRET: signingSecret.optional(),
  ACCESS_LOG: z.string().default('stdout'),
  REDIS_URL: z
    .string()
    .refine((text) => URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol), 'must be a redis or rediss URL')
    .optional(),
  EVENT_RETENTION: integer(1, 10_000_000).default(100_000),
  CORS_ORIGINS: origins.default([]),
  EXPLORER: flag.optional(),
  INTROSPECTION: flag.optional(),
  PERSISTED_OPERATIONS: z
    .string()
    .transform((path, context) => checked(() => parseManifest(readManifest(path)), context))
    .optional(),
  PERSISTED_OPERATIONS_ONLY: flag.default(false),
  TRUST_PROXY: z
    .string()
    .regex(/^(true|false|\d{1,2})$/, 'must be true, false or a number of proxies')
    .transform((text) => (/^\d/.test(text) ? Number(text) : text === 'true'))
    .default(false),
  LIMIT_BODY_BYTES: integer(1, 100_000_000).default(262_144),
  LIMIT_TOKENS: integer(1, 1_000_000).default(1000),
  LIMIT_DEPTH: integer(1, 1000).default(12),
  LIMIT_COST: integer(1, 100_000_000).default(5000),
  LIMIT_ALIASES: integer(0, 100_000).default(50),
  LIMIT_ROOT_FIELDS: integer(1, 100_000).default(20),
  LIMIT_DIRECTIVES: integer(0, 100_000).default(50),
  LIMIT_OPERATION_MS: integer(1, 600_000).default(12_000),
  LIMIT_REQUESTS_PER_MINUTE: integer(0, 100_000_000).default(6000),
  LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE: integer(0, 100_000_000).default(60),
  LIMIT_SUBSCRIPTIONS_PER_SOCKET: integer(1, 100_000).default(100),
  LIMIT_SUBSCRIPTIONS_PER_CALLER: integer(1, 1_000_000).default(1000),
  LIMIT_WEBSOCKET_MESSAGE_BYTES: integer(1, 100_000_000).default(65_536),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a level of pino')
    .default('info'),
};
const SECRETS = [
  'DATASPIKE_API_KEY',
  'WEBHOOK_SECRETS',
  'AUTH_JWT_SECRET',
  'AUTH_API_KEYS',
  'WATCH_TOKEN_SECRET',
  'REDIS_URL',
] as const;

/** Every variable that is read, in the order of the reference. Each of the secrets may come from `NAME_FILE` as well. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(VARIABLES);

type Values = { [K in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[K]> };
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param environment usually `process.env`; an empty value counts as left out, and each secret may come from the file
 *   that `NAME_FILE` names
 * @throws ConfigError with every fault at once
 */
export function parseConfig(environment: Environment): Config {
  const problems: string[] = [];
  const values = readValues(withSecretFiles(environment, problems), problems);
  problems.push(...contradictions(values));
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(values as Values);
}

function withSecretFiles(environment: Environment, problems: string[]): Environment {
  const merged: Record<string, string | undefined> = { ...environment };
  for (const name of SECRETS) {
    const file = environment[`${name}_FILE`];
    if (!file) continue;
    if (environment[name]) problems.push(`${name}: set it or ${name}_FILE, not both`);
    try {
      merged[name] = readFileSync(file, 'utf8').trim();
    } catch {
      problems.push(`${name}_FILE: cannot be read`);
    }
  }
  return merged;
}

function readValues(environment: Environment, problems: string[]): Partial<Values> {
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(VARIABLES)) {
    const parsed = schema.safeParse(environment[name] || undefined);
    if (parsed.success) values[name] = parsed.data;
    else if (!environment[name]) problems.push(`${name}: is required`);
    else problems.push(`${name}: ${parsed.error.issues[0]?.message ?? 'is not valid'}`);
  }
  return values as Partial<Values>;
}

function contradictions(values: Partial<Values>): string[] {
  const problems: string[] = [];
  if (values.WEBHOOK_SECRETS?.length === 0 && values.WEBHOOK_ALLOW_UNSIGNED === false) {
    problems.push('WEBHOOK_SECRETS: is required, unless WEBHOOK_ALLOW_UNSIGNED=true');
  }
  problems.push(...contradictionsOfAccess(values));
  if (values.PERSISTED_OPERATIONS_ONLY && values.PERSISTED_OPERATIONS === undefined) {
    problems.push('PERSISTED_OPERATIONS_ONLY: needs a manifest in PERSISTED_OPERATIONS');
  }
  return problems;
}

function contradictionsOfAccess(values: Partial<Values>): string[] {
  const problems: string[] = [];
  const hasJwt = values.AUTH_JWKS_URL !== undefined || values.AUTH_JWT_SECRET !== undefined;
  if (values.AUTH_JWKS_URL !== undefined && values.AUTH_JWT_SECRET !== undefined) {
    problems.push('AUTH_JWT_SECRET: set it or AUTH_JWKS_URL, not both');
  }
  for (const name of ['AUTH_ISSUER', 'AUTH_AUDIENCE'] as const) {
    if (values[name] !== undefined && !hasJwt) {
      problems.push(`${name}: only together with AUTH_JWKS_URL or AUTH_JWT_SECRET`);
    }
  }
  if (values.AUTH_API_KEYS?.length === 0 && values.AUTH_DISABLED === false && !hasJwt) {
    problems.push(
      'AUTH_API_KEYS: or AUTH_JWKS_URL or AUTH_JWT_SECRET is required, unless AUTH_DISABLED=true on a loopback HOST',
    );
  }
  if (values.AUTH_DISABLED && values.HOST !== undefined && !LOOPBACK.has(values.HOST)) {
    problems.push('AUTH_DISABLED: only together with a loopback HOST such as 127.0.0.1');
  }
  if (values.REDIS_URL !== undefined && values.WATCH_TOKEN_SECRET === undefined) {
    problems.push('WATCH_TOKEN_SECRET: is required with REDIS_URL, the same for every process');
  }
  return problems;
}

function toConfig(values: Values): Config {
  const production = values.DATASPIKE_ENVIRONMENT === 'production';
  return Object.freeze({
    dataspike: {
      apiKey: values.DATASPIKE_API_KEY,
      environment: values.DATASPIKE_ENVIRONMENT,
      baseUrl: values.DATASPIKE_BASE_URL ?? BASE_URLS[values.DATASPIKE_ENVIRONMENT],
      timeoutMs: values.DATASPIKE_TIMEOUT_MS,
      maxConcurrency: values.DATASPIKE_MAX_CONCURRENCY,
    },
    server: {
      host: values.HOST,
      port: values.PORT,
      publicUrl: values.PUBLIC_URL ?? null,
      corsOrigins: values.CORS_ORIGINS,
      explorer: values.EXPLORER ?? !production,
      introspection: values.INTROSPECTION ?? !production,
      trustProxy: values.TRUST_PROXY,
    },
    persistedOperations: {
      manifest: values.PERSISTED_OPERATIONS ?? null,
      only: values.PERSISTED_OPERATIONS_ONLY,
    },
    webhooks: { secrets: values.WEBHOOK_SECRETS, toleranceSeconds: values.WEBHOOK_TOLERANCE_SECONDS },
    access: {
      apiKeys: values.AUTH_API_KEYS,
      disabled: values.AUTH_DISABLED,
      jwt: toJwtConfig(values),
      tokenSecret: values.WATCH_TOKEN_SECRET ?? randomBytes(32),
      log: values.ACCESS_LOG,
    },
    events: { retention: values.EVENT_RETENTION, redisUrl: values.REDIS_URL ?? null },
    limits: {
      bodyBytes: values.LIMIT_BODY_BYTES,
      tokens: values.LIMIT_TOKENS,
      depth: values.LIMIT_DEPTH,
      cost: values.LIMIT_COST,
      aliases: values.LIMIT_ALIASES,
      rootFields: values.LIMIT_ROOT_FIELDS,
      directives: values.LIMIT_DIRECTIVES,
      operationMs: values.LIMIT_OPERATION_MS,
      requestsPerMinute: values.LIMIT_REQUESTS_PER_MINUTE,
      failedAuthenticationsPerMinute: values.LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE,
      subscriptionsPerSocket: values.LIMIT_SUBSCRIPTIONS_PER_SOCKET,
      subscriptionsPerCaller: values.LIMIT_SUBSCRIPTIONS_PER_CALLER,
      webSocketMessageBytes: values.LIMIT_WEBSOCKET_MESSAGE_BYTES,
    },
    logLevel: values.LOG_LEVEL,
  });
}

function toJwtConfig({ AUTH_JWKS_URL, AUTH_JWT_SECRET, AUTH_ISSUER, AUTH_AUDIENCE }: Values): JwtConfig | null {
  if (AUTH_JWKS_URL === undefined && AUTH_JWT_SECRET === undefined) return null;
  return {
    jwksUrl: AUTH_JWKS_URL ?? null,
    secret: AUTH_JWT_SECRET ?? null,
    issuer: AUTH_ISSUER ?? null,
    audience: AUTH_AUDIENCE ?? null,
  };
}

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
