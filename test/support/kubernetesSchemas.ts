import { z } from 'zod';

/**
 * What Kubernetes 1.31 takes, as far as the manifests in deploy/kubernetes use it: its API reference, and nothing that is
 * not in it. A field that is misspelt, or of a wrong type, is refused as `kubectl apply` refuses it.
 */
const name = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const portName = z.string().regex(/^(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/);
const port = z.number().int().min(1).max(65_535);
const texts = z.record(z.string(), z.string());
const labelSelector = z.strictObject({ matchLabels: texts });
const metadata = z.strictObject({ name, labels: texts.optional() });
const quantity = z.string().regex(/^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi)?$/);
const seconds = z.number().int().min(1);

const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string().startsWith('/'), port: z.union([portName, port]) }),
  periodSeconds: seconds,
  timeoutSeconds: seconds.optional(),
  failureThreshold: seconds,
});

const container = z.strictObject({
  name,
  image: z.string().regex(/^[\w./-]+:(?!latest$)[\w.-]+$/),
  ports: z.array(z.strictObject({ name: portName, containerPort: port })),
  envFrom: z.array(z.strictObject({ secretRef: z.strictObject({ name }) })),
  env: z.array(z.strictObject({ name: z.string().regex(/^[A-Z][A-Z0-9_]*$/), value: z.string() })),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  lifecycle: z.strictObject({ preStop: z.strictObject({ exec: z.strictObject({ command: z.array(z.string()) }) }) }),
  resources: z.strictObject({
    requests: z.strictObject({ cpu: quantity, memory: quantity }),
    limits: z.strictObject({ memory: quantity }),
  }),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});

const deployment = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata,
  spec: z.strictObject({
    replicas: z.number().int().min(2),
    selector: labelSelector,
    strategy: z.strictObject({
      rollingUpdate: z.strictObject({ maxSurge: z.number().int(), maxUnavailable: z.number().int() }),
    }),
    template: z.strictObject({
      metadata: z.strictObject({ labels: texts, annotations: texts }),
      spec: z.strictObject({
        serviceAccountName: name,
        automountServiceAccountToken: z.literal(false),
        terminationGracePeriodSeconds: seconds,
        securityContext: z.strictObject({
          runAsNonRoot: z.literal(true),
          runAsUser: z.number().int().min(1),
          runAsGroup: z.number().int().min(1),
          seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
        }),
        topologySpreadConstraints: z.array(
          z.strictObject({
            maxSkew: z.number().int().min(1),
            topologyKey: z.string(),
            whenUnsatisfiable: z.enum(['DoNotSchedule', 'ScheduleAnyway']),
            labelSelector,
          }),
        ),
        containers: z.tuple([container]),
      }),
    }),
  }),
});

const service = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata,
  spec: z.strictObject({
    selector: texts,
    ports: z.array(z.strictObject({ name: portName, port, targetPort: z.union([portName, port]) })),
  }),
});

const serviceAccount = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ServiceAccount'),
  metadata,
  automountServiceAccountToken: z.boolean(),
});

const podDisruptionBudget = z.strictObject({
  apiVersion: z.literal('policy/v1'),
  kind: z.literal('PodDisruptionBudget'),
  metadata,
  spec: z.strictObject({ maxUnavailable: z.number().int().min(1), selector: labelSelector }),
});

const networkPolicy = z.strictObject({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('NetworkPolicy'),
  metadata,
  spec: z.strictObject({
    podSelector: labelSelector,
    policyTypes: z.array(z.enum(['Ingress', 'Egress'])),
    ingress: z.array(
      z.strictObject({
        from: z.array(z.strictObject({ namespaceSelector: labelSelector })),
        ports: z.array(z.strictObject({ port: z.union([portName, port]) })),
      }),
    ),
  }),
});

/** One object of the manifests, whichever. */
export const kubernetesObject = z.discriminatedUnion('kind', [
  deployment,
  service,
  serviceAccount,
  podDisruptionBudget,
  networkPolicy,
]);
export type Deployment = z.output<typeof deployment>;
