import type { Values } from './configVariables';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** What is wrong with variables that are right each by itself; a variable that could not be read is left out. */
export function contradictions(values: Partial<Values>): string[] {
  const problems: string[] = [];
  if (values.WEBHOOK_SECRETS?.length === 0 && values.WEBHOOK_ALLOW_UNSIGNED === false) {
    problems.push('WEBHOOK_SECRETS: is required, unless WEBHOOK_ALLOW_UNSIGNED=true');
  }
  problems.push(...contradictionsOfAccess(values));
  if (values.PERSISTED_OPERATIONS_ONLY && values.PERSISTED_OPERATIONS === undefined) {
    problems.push('PERSISTED_OPERATIONS_ONLY: needs a manifest in PERSISTED_OPERATIONS');
  }
  if (values.PERSISTED_OPERATIONS_ONLY && values.FEDERATION) {
    problems.push('FEDERATION: not with PERSISTED_OPERATIONS_ONLY, since a router writes documents of its own');
  }
  if (values.METRICS_PORT !== undefined && values.METRICS_PORT !== 0 && values.METRICS_PORT === values.PORT) {
    problems.push('METRICS_PORT: must not be PORT; leave it out to have both on one port');
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
