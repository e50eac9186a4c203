import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ApiKey } from './access/apiKeys';
import { contradictions } from './configContradictions';
import { readVariable, type Variable } from './configReaders';
import { SECRETS, VARIABLES, type Values } from './configVariables';
import type { TracingOptions } from './telemetry/tracing';

/** Everything an operator decides, checked and frozen. Read once; docs/configuration.md lists the variables. */
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
    /** Serves the schema as a subgraph of Apollo Federation. */
    readonly federation: boolean;
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
    /** Of one GraphQL document; as many names and values may its variables have. */
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
  readonly telemetry: {
    /** Null: metrics are on the one port with everything else. 0 lets the system choose. */
    readonly metricsPort: number | null;
    /** Where traces go; null: nowhere. */
    readonly traces: TracingOptions | null;
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

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param environment usually `process.env`; an empty value counts as left out, and each secret may come from the file
 *   that `NAME_FILE` names
 * @throws ConfigError with every fault at once
 */
export function parseConfig(environment: Environment): Config {
  const { merged, unreadable, problems } = withSecretFiles(environment);
  const found: string[] = [];
  const values = readValues(merged, found);
  found.push(...contradictions(values));
  // What stands in a file that cannot be read is not missing as well.
  problems.push(...found.filter((problem) => !unreadable.some((name) => problem.startsWith(`${name}: `))));
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(values as Values);
}

function withSecretFiles(environment: Environment) {
  const merged: Record<string, string | undefined> = { ...environment };
  const unreadable: string[] = [];
  const problems: string[] = [];
  for (const name of SECRETS) {
    const file = environment[`${name}_FILE`];
    if (!file) continue;
    if (environment[name]) problems.push(`${name}: set it or ${name}_FILE, not both`);
    try {
      merged[name] = readFileSync(file, 'utf8').trim();
    } catch {
      problems.push(`${name}_FILE: cannot be read`);
      unreadable.push(name);
    }
  }
  return { merged, unreadable, problems };
}

function readValues(environment: Environment, problems: string[]): Partial<Values> {
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries<Variable<unknown>>(VARIABLES)) {
    const found = readVariable(variable, environment[name]);
    if ('problem' in found) problems.push(`${name}: ${found.problem}`);
    else values[name] = found.value;
  }
  return values as Partial<Values>;
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
      federation: values.FEDERATION,
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
    telemetry: { metricsPort: values.METRICS_PORT ?? null, traces: toTracingOptions(values) },
    logLevel: values.LOG_LEVEL,
  });
}

function toTracingOptions(values: Values): TracingOptions | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers = {} } = values;
  return endpoint === undefined ? null : { endpoint, headers, serviceName: values.OTEL_SERVICE_NAME };
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
