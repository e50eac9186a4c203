import { z } from 'zod';
import { deliveryFaultKinds } from '../deliveries/deliveryFaults';
import { codesByCheck, parseInput, toFixedResult } from '../endpoints/input';
import { type Call, type Endpoint, type Reply, refuse, replyJson, replyNothing } from '../http/endpoint';
import { faultKinds } from '../http/faults';
import { verificationStatuses } from '../world/vocabulary';
import type { Control } from './control';

/** setTimeout's longest wait */
const maxDelayMs = 2 ** 31 - 1;
const maxSeeded = 1_000_000;
const times = z.number().int().min(0).default(1);
const count = z.number().int().min(0).max(maxSeeded).default(0);

const clockMove = z.strictObject({ advanceMs: z.number().min(0) });
const resetOptions = z.strictObject({ seed: z.number().int().optional() });
const fault = z.strictObject({
  kind: z.enum(faultKinds),
  match: z.strictObject({ method: z.string(), path: z.string(), endpoint: z.string() }).partial().optional(),
  times,
  share: z.number().min(0).max(1).default(1),
  when: z.enum(['before', 'after']).default('before'),
  delayMs: z.number().min(0).max(maxDelayMs).optional(),
  status: z.number().int().min(200).max(599).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
});
const deliveryFault = z.strictObject({ kind: z.enum(deliveryFaultKinds), times });
const release = z.strictObject({ order: z.enum(['same', 'reverse']).default('same') });
const testDelivery = z.strictObject({
  webhookId: z.string(),
  eventType: z.enum(['AML_SCREENING', 'DOCVER']).default('AML_SCREENING'),
});
const replay = z.strictObject({ eventId: z.string() });
const forcedStatus = z.strictObject({
  status: z.enum(verificationStatuses),
  errors: codesByCheck.optional(),
  notify: z.boolean().default(false),
});
const seedCounts = z.strictObject({ applicants: count, verifications: count });

/**
 * The control route: JSON in and out, no key, meant for the loopback interface. It is neither recorded nor struck by
 * faults. An empty body counts as `{}`; a wrong one is answered 400 with `{message}`.
 *
 * | call under `/_simulator` | body | answer |
 * |---|---|---|
 * | `GET /requests` | | `[{method, path, endpoint, status, at}]`, oldest first |
 * | `DELETE /requests` | | 204 |
 * | `POST /clock` | `{advanceMs}` | `{now}`, Unix milliseconds |
 * | `POST /reset` | `{seed?}` | 204 |
 * | `POST /faults` | `{kind, match?: {method?, path?, endpoint?}, times?: 1, share?: 1, when?: before, delayMs?, status?, headers?, body?}` | `{id}` |
 * | `DELETE /faults` | | 204 |
 * | `POST /deliveries/faults` | `{kind, times?: 1}` | 204 |
 * | `DELETE /deliveries/faults` | | 204; what is held stays held |
 * | `POST /deliveries/release` | `{order?: same}` or `reverse` | `{released}`, when all were sent |
 * | `POST /deliveries/test` | `{webhookId, eventType?: AML_SCREENING}` or `DOCVER` | `{eventId}` |
 * | `POST /deliveries/replay` | `{eventId}` | `{responseCode}` |
 * | `POST /verifications/{id}` | `{status, errors?: {check: [code]}, notify?: false}`, id or short id | 204 |
 * | `POST /seed` | `{applicants?: 0, verifications?: 0}` | 204 |
 */
export function createControlEndpoints(control: Control): Endpoint[] {
  const route = (
    method: Endpoint['method'],
    path: string,
    answer: (call: Call) => Reply | Promise<Reply>,
  ): Endpoint => ({ operationId: `control ${path}`, method, path: `/_simulator${path}`, access: 'open', answer });
  const done = replyNothing(204);

  return [
    route('GET', '/requests', () => replyJson(200, control.requests())),
    route('DELETE', '/requests', () => {
      control.clearRequests();
      return done;
    }),
    route('POST', '/clock', async (call) => {
      const { advanceMs } = parseInput(clockMove, await call.readJson());
      return replyJson(200, { now: control.advanceClock(advanceMs) });
    }),
    route('POST', '/reset', async (call) => {
      control.reset(parseInput(resetOptions, await readOptional(call)).seed);
      return done;
    }),
    route('POST', '/faults', async (call) => {
      const input = parseInput(fault, await call.readJson());
      try {
        return replyJson(200, control.addFault(input));
      } catch {
        throw refuse(400, { message: 'match.path: is no regular expression' });
      }
    }),
    route('DELETE', '/faults', () => {
      control.clearFaults();
      return done;
    }),
    route('POST', '/deliveries/faults', async (call) => {
      const input = parseInput(deliveryFault, await call.readJson());
      control.addDeliveryFault(input.kind, input.times);
      return done;
    }),
    route('DELETE', '/deliveries/faults', () => {
      control.clearDeliveryFaults();
      return done;
    }),
    route('POST', '/deliveries/release', async (call) => {
      const { order } = parseInput(release, await readOptional(call));
      return replyJson(200, { released: await control.releaseDeliveries(order) });
    }),
    route('POST', '/deliveries/test', async (call) => {
      const { webhookId, eventType } = parseInput(testDelivery, await call.readJson());
      const eventId = control.sendTestDelivery(webhookId, eventType);
      if (eventId === null) throw refuse(404, { message: 'webhook not found' });
      return replyJson(200, { eventId });
    }),
    route('POST', '/deliveries/replay', async (call) => {
      const outcome = await control.replayDelivery(parseInput(replay, await call.readJson()).eventId);
      if (!outcome) throw refuse(404, { message: 'event not found' });
      return replyJson(200, outcome);
    }),
    route('POST', '/verifications/:id', async (call) => {
      const { status, errors, notify } = parseInput(forcedStatus, await call.readJson());
      if (!control.forceVerification(call.parameter('id'), toFixedResult(status, errors), notify)) {
        throw refuse(404, { message: 'verification not found' });
      }
      return done;
    }),
    route('POST', '/seed', async (call) => {
      control.seed(parseInput(seedCounts, await readOptional(call)));
      return done;
    }),
  ];
}

/** For calls whose every member has a default: nothing at all is as good as `{}`. */
async function readOptional(call: Call): Promise<unknown> {
  const hasBody = call.headers['transfer-encoding'] !== undefined || Number(call.headers['content-length'] ?? 0) > 0;
  return hasBody ? call.readJson() : {};
}
