import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config';
import { SECRETS, VARIABLES } from '../../src/configVariables';
import { DRAIN } from '../../src/gateway';
import { deliver, readSample } from '../support/deliver';
import { type Deployment, kubernetesObject } from '../support/kubernetesSchemas';
import { readSelected } from '../support/promql';
import { scrape } from '../support/scrape';
import { startGateway, type TestGateway } from '../support/startGateway';
import { createVerification } from '../support/verifications';

const ROOT = path.join(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Prometheus' own tool, in its Debian package for example; skipped where there is none. */
const testWithPromtool = spawnSync('promtool', ['--version']).status === 0 ? test : test.skip;

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway();
});
afterAll(() => app.close());

describe('the dashboard and the alerts', () => {
  interface Rule {
    readonly alert: string;
    readonly expr: string;
    readonly annotations: { readonly summary: string; readonly runbook: string };
  }
  const rules = (parse(read('deploy/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
    (group) => group.rules,
  );
  const { panels } = JSON.parse(read('deploy/grafana-dashboard.json')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const expressions: readonly (readonly [string, string])[] = [
    ...rules.map(({ alert, expr }) => [alert, expr] as const),
    ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ];
  /** Labels of each series of a real scrape, by the name of its metric. */
  const labels = new Map<string, Set<string>>();
  beforeAll(async () => {
    await createVerification(app);
    await deliver(app, readSample('docver_verified'));
    for (const sample of await scrape(app.gateway.metricsUrl)) {
      const known = labels.get(sample.name) ?? new Set();
      for (const label of Object.keys(sample.labels)) known.add(label);
      labels.set(sample.name, known);
    }
  });

  test.each(expressions)('%s asks for what a gateway tells: %s', (_title, expression) => {
    const { metrics, labels: asked } = readSelected(expression);
    expect(metrics).not.toEqual([]);
    // Prometheus itself adds `up`, `job` and `instance`.
    const told = metrics.filter((name) => name !== 'up');
    expect(told.filter((name) => !labels.has(name))).toEqual([]);
    const known = ['job', 'instance', ...told.flatMap((name) => [...(labels.get(name) ?? [])])];
    expect(asked.filter((label) => !known.includes(label))).toEqual([]);
  });

  test('a name that no gateway tells, and a label that it does not have, would be noticed', () => {
    const expression =
      'topk(3, sum by (le, lable) (rate(graphql_operation_secnods_bucket{status=~"up|by"}[5m] offset 1h))) > 1e3';
    expect(readSelected(expression)).toEqual({
      metrics: ['graphql_operation_secnods_bucket'],
      labels: ['status', 'le', 'lable'],
    });
  });

  test('the rules have a case for promtool each, where a gateway is in trouble and where it is well', () => {
    const { tests } = parse(read('deploy/alerts.test.yaml')) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
    };
    for (const [index, { alert_rule_test: cases }] of tests.entries()) {
      expect(cases.map(({ alertname }) => alertname)).toEqual(rules.map(({ alert }) => alert));
      for (const { exp_alerts: alerts } of cases) expect(alerts).toHaveLength(index === 0 ? 1 : 0);
    }
  });

  testWithPromtool('promtool finds the rules in order, and each raised where it is to be', async () => {
    const { stdout } = await promisify(execFile)('promtool', ['test', 'rules', 'deploy/alerts.test.yaml'], {
      cwd: ROOT,
    });
    expect(stdout).toContain('SUCCESS');
  });

  test('every alert has its entry in the runbook, and every entry its alert', () => {
    const entries = [
      ...(read('docs/operations.md')
        .split('## Alerts')[1]
        ?.matchAll(/^### (\w+)$/gm) ?? []),
    ].map(([, title]) => title);
    expect(entries).toEqual(rules.map(({ alert }) => alert));
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
    }
  });

  test('every metric of the contract is on the dashboard', () => {
    const shown = new Set(panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => readSelected(expr).metrics)));
    for (const name of [...labels.keys()].filter((each) => !/^(nodejs|process)_|_(sum|count)$/.test(each))) {
      expect([...shown]).toContain(name);
    }
  });
});

describe('the manifests for Kubernetes', () => {
  const folder = 'deploy/kubernetes';
  const { resources } = parse(read(`${folder}/kustomization.yaml`)) as { resources: string[] };
  const objects = resources.map((file) => kubernetesObject.parse(parse(read(`${folder}/${file}`), { merge: true })));
  const deployment = objects.find((each): each is Deployment => each.kind === 'Deployment') as Deployment;
  const { spec: pod } = deployment.spec.template;
  const [container] = pod.containers;
  const { labels: podLabels } = deployment.spec.template.metadata;

  test('are all named by the kustomization', () => {
    const files = readdirSync(path.join(ROOT, folder)).filter((file) => file !== 'kustomization.yaml');
    expect(files.sort()).toEqual([...resources].sort());
  });

  test('would be refused with a field that Kubernetes does not have', () => {
    for (const each of objects) {
      expect(kubernetesObject.safeParse({ ...each, sepc: {} }).success).toBe(false);
    }
    const misspelt = { ...pod, terminationGracePeriod: 45 };
    const { template } = deployment.spec;
    const spec = { ...deployment.spec, template: { ...template, spec: misspelt } };
    expect(kubernetesObject.safeParse({ ...deployment, spec }).success).toBe(false);
  });

  test('give a process the time that it takes to stop', () => {
    const [, preStopMs] = /(\d+)\)$/.exec(container.lifecycle.preStop.exec.command.at(-1) ?? '') ?? [];
    const stopMs = Number(preStopMs) + DRAIN.graceMs + DRAIN.spreadMs;
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(stopMs + 5_000);
  });

  test('probe what the gateway answers', async () => {
    for (const { httpGet } of [container.startupProbe, container.livenessProbe, container.readinessProbe]) {
      expect(httpGet.port).toBe('http');
      expect((await fetch(`${app.gateway.url}${httpGet.path}`)).status).toBe(200);
    }
    expect(container.livenessProbe.httpGet.path).not.toBe(container.readinessProbe.httpGet.path);
  });

  test('select the pods that they mean', () => {
    expect(deployment.spec.selector.matchLabels).toEqual(podLabels);
    for (const each of objects) {
      if (each.kind === 'Service') expect(each.spec.selector).toEqual(podLabels);
      if (each.kind === 'PodDisruptionBudget') expect(each.spec.selector.matchLabels).toEqual(podLabels);
      if (each.kind === 'NetworkPolicy') expect(each.spec.podSelector.matchLabels).toEqual(podLabels);
    }
  });

  test('set variables that the gateway reads, to values that it takes', () => {
    const environment = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
    expect(namesNotRead(Object.keys(environment))).toEqual(['NODE_OPTIONS']);
    const config = parseConfig({ ...environment, ...secretOf(read(`${folder}/deployment.yaml`)) });
    expect(config.server.port).toBe(container.ports.find(({ name }) => name === 'http')?.containerPort);
    expect(config.telemetry.metricsPort).toBe(container.ports.find(({ name }) => name === 'metrics')?.containerPort);
  });

  test('leave Node room below the limit of memory', () => {
    const [, heapMiB] = /--max-old-space-size=(\d+)/.exec(JSON.stringify(container.env)) ?? [];
    expect(Number(heapMiB)).toBeLessThanOrEqual(0.75 * Number.parseInt(container.resources.limits.memory, 10));
  });
});

describe('compose.yaml', () => {
  const { services } = parse(read('compose.yaml')) as {
    services: Record<string, { image: string; environment?: Record<string, string>; stop_grace_period?: string }>;
  };
  const { gateway } = services;

  test('sets variables that the gateway reads, to values that it takes', () => {
    const environment = Object.entries(gateway?.environment ?? {}).map(([name, text]) => {
      const [, fallback] = /^\$\{\w+:-(.*)\}$/.exec(text) ?? [];
      return [name, fallback ?? (text.startsWith('${') ? secretOf(name)[name] : text)] as const;
    });
    expect(namesNotRead(environment.map(([name]) => name))).toEqual([]);
    const config = parseConfig({ ...Object.fromEntries(environment), ...secretOf('AUTH_API_KEYS') });
    expect(read('deploy/prometheus.yaml')).toContain(`port: ${config.telemetry.metricsPort}`);
  });

  test('runs as the manifests do: nothing is written, nothing is gained, and there is time to stop', () => {
    expect(gateway).toMatchObject({
      deploy: { replicas: 2 },
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(Number.parseInt(gateway?.stop_grace_period ?? '', 10) * 1000).toBeGreaterThanOrEqual(
      DRAIN.graceMs + DRAIN.spreadMs + 5_000,
    );
  });

  test('mounts files that exist', () => {
    for (const [, file = ''] of read('compose.yaml').matchAll(/- (\.\/[^:]+):/g))
      expect(() => read(file)).not.toThrow();
  });
});

function namesNotRead(names: readonly string[]): string[] {
  return names.filter((name) => !(name in VARIABLES));
}

/** Something for each secret that the text names. */
function secretOf(text: string): Record<string, string> {
  const secrets: Record<string, string> = {
    DATASPIKE_API_KEY: 'key',
    WEBHOOK_SECRETS: `whsec_${'ab'.repeat(32)}`,
    AUTH_API_KEYS: `dashboard:${'0'.repeat(64)}:kyc:read`,
    WATCH_TOKEN_SECRET: 'x'.repeat(32),
    REDIS_URL: 'redis://redis:6379',
  };
  return Object.fromEntries(
    Object.entries(secrets).filter(([name]) => text.includes(name) && SECRETS.some((known) => known === name)),
  );
}
