import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type ApiKey, parseApiKeys } from './access/apiKeys';
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
  };
  readonly webhooks: {
    /** Any may sign. Empty means that every delivery is only a hint to read again. */
    readonly secrets: readonly string[];
    readonly toleranceSeconds: number;
  };
  readonly access: { readonly apiKeys: readonly ApiKey[]; readonly disabled: boolean };
  readonly events: {
    readonly retention: number;
    /** Null keeps events in this process. */
    readonly redisUrl: string | null;
  };
  readonly limits: {
    readonly bodyBytes: number;
    /** Of one GraphQL document. */
    readonly tokens: number;
    readonly operationMs: number;
    readonly webSocketMessageBytes: number;
  };
  readonly logLevel: string;
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
  AUTH_API_KEYS: list.transform((items, context) => checked(() => parseApiKeys(items), context)).default([]),
  AUTH_DISABLED: flag.default(false),
  REDIS_URL: z
    .string()
    .refine((text) => URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol), 'must be a redis or rediss URL')
    .optional(),
  EVENT_RETENTION: integer(1, 10_000_000).default(100_000),
  CORS_ORIGINS: origins.default([]),
  EXPLORER: flag.optional(),
  INTROSPECTION: flag.optional(),
  LIMIT_BODY_BYTES: integer(1, 100_000_000).default(262_144),
  LIMIT_TOKENS: integer(1, 1_000_000).default(1000),
  LIMIT_OPERATION_MS: integer(1, 600_000).default(12_000),
  LIMIT_WEBSOCKET_MESSAGE_BYTES: integer(1, 100_000_000).default(65_536),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a level of pino')
    .default('info'),
};
const SECRETS = ['DATASPIKE_API_KEY', 'WEBHOOK_SECRETS', 'AUTH_API_KEYS', 'REDIS_URL'] as const;

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
  if (values.AUTH_API_KEYS?.length === 0 && values.AUTH_DISABLED === false) {
    problems.push('AUTH_API_KEYS: is required, unless AUTH_DISABLED=true on a loopback HOST');
  }
  if (values.AUTH_DISABLED && values.HOST !== undefined && !LOOPBACK.has(values.HOST)) {
    problems.push('AUTH_DISABLED: only together with a loopback HOST such as 127.0.0.1');
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
    },
    webhooks: { secrets: values.WEBHOOK_SECRETS, toleranceSeconds: values.WEBHOOK_TOLERANCE_SECONDS },
    access: { apiKeys: values.AUTH_API_KEYS, disabled: values.AUTH_DISABLED },
    events: { retention: values.EVENT_RETENTION, redisUrl: values.REDIS_URL ?? null },
    limits: {
      bodyBytes: values.LIMIT_BODY_BYTES,
      tokens: values.LIMIT_TOKENS,
      operationMs: values.LIMIT_OPERATION_MS,
      webSocketMessageBytes: values.LIMIT_WEBSOCKET_MESSAGE_BYTES,
    },
    logLevel: values.LOG_LEVEL,
  });
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

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username && !url.password;
}

function isOrigin(text: string): boolean {
  return isHttpUrl(text) && new URL(text).origin === text;
}
