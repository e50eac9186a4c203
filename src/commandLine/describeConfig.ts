import type { Config } from '../config';

/** What an operator decided, one line each, without anything secret: no key, no secret, no credential of an address. */
export function describeConfig(config: Config): string {
  const lines: [string, string][] = [
    ['Dataspike', `${config.dataspike.environment}, ${config.dataspike.baseUrl}`],
    ['listens on', listensOn(config.server)],
    ['callers', callers(config.access)],
    ['webhooks', webhooks(config.webhooks)],
    ['events', events(config.events)],
    ['explorer', `${onOrOff(config.server.explorer)}; introspection ${onOrOff(config.server.introspection)}`],
    ['federation', onOrOff(config.server.federation)],
    ['documents', documents(config.persistedOperations)],
    ['origins', config.server.corsOrigins.join(', ') || 'none but its own'],
    ['limits', limits(config.limits)],
    ['metrics', metrics(config.telemetry)],
    ['traces', config.telemetry.traces === null ? 'nowhere' : `to ${withoutQuery(config.telemetry.traces.endpoint)}`],
    ['logs', `${config.logLevel} to standard output; who saw personal data to ${config.access.log}`],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join('\n');
}

function listensOn({ host, port, publicUrl }: Config['server']): string {
  const outside = publicUrl === null ? '' : `, from outside ${publicUrl}`;
  return `${host}, ${port === 0 ? 'a port that the system chooses' : `port ${port}`}${outside}`;
}

function callers({ disabled, jwt, apiKeys }: Config['access']): string {
  if (disabled) return 'everyone may do everything (AUTH_DISABLED)';
  const keys = apiKeys.map(({ name, scopes }) => `key ${name} (${scopes.join(' ')})`);
  if (!jwt) return keys.join(', ');
  return [jwt.jwksUrl === null ? 'JWTs of a shared secret' : `JWTs of ${withoutQuery(jwt.jwksUrl)}`, ...keys].join(
    ', ',
  );
}

function webhooks({ secrets, toleranceSeconds }: Config['webhooks']): string {
  if (secrets.length === 0) return 'unsigned: every delivery is only a hint to read again (WEBHOOK_ALLOW_UNSIGNED)';
  const signer = secrets.length === 1 ? 'one secret' : `any of ${secrets.length} secrets`;
  return `signed with ${signer}, at most ${toleranceSeconds} s off`;
}

function events({ redisUrl, retention }: Config['events']): string {
  const place = redisUrl === null ? 'in this process' : `in Redis at ${new URL(redisUrl).host}, for many processes`;
  return `${place}; the last ${retention} are kept`;
}

function documents({ manifest, only }: Config['persistedOperations']): string {
  if (manifest === null) return 'any';
  return only ? `the ${manifest.size} trusted ones only` : `any; ${manifest.size} are trusted`;
}

function limits({ depth, cost, requestsPerMinute }: Config['limits']): string {
  const rate = requestsPerMinute === 0 ? 'any number of requests' : `${requestsPerMinute} requests a minute`;
  return `depth ${depth}, cost ${cost}, ${rate} for each caller`;
}

function metrics({ metricsPort }: Config['telemetry']): string {
  if (metricsPort === null) return 'at /metrics, on the one port: keep it from the internet';
  return metricsPort === 0 ? 'on a port of their own that the system chooses' : `on port ${metricsPort} only`;
}

function onOrOff(isOn: boolean): string {
  return isOn ? 'on' : 'off';
}

/** It may hold more than a policy's name. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
