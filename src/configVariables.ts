import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseApiKeys } from './access/apiKeys';
import { parseManifest } from './graphql/persistedOperations';
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

/** How each variable is read, in the order of the reference. */
export const VARIABLES = {
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
/** Each of these may come from the file that `NAME_FILE` names. */
export const SECRETS = [
  'DATASPIKE_API_KEY',
  'WEBHOOK_SECRETS',
  'AUTH_JWT_SECRET',
  'AUTH_API_KEYS',
  'WATCH_TOKEN_SECRET',
  'REDIS_URL',
] as const;

/** Every variable that is read, in the order of the reference. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(VARIABLES);

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
