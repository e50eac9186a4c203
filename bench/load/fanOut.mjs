import { setTimeout as sleep } from 'node:timers/promises';
import { watchedId } from '../upstream/watchedIds.mjs';
import { createDeliverer } from './deliverer.mjs';
import { percentiles } from './percentiles.mjs';
import { openSubscribers } from './subscribers.mjs';

/** For each subscriber, until an event counts as lost on the way to it. */
const PATIENCE_MS = 5;

/**
 * Subscribers, and the deliveries that reach them. An update counts when the subscriber has its last byte; a delivery is
 * done when everybody who watches has it and the server has answered 200.
 *
 * Verifications only go forward, so each event is a legal step: those that all watch end once each, and one that is
 * watched alone becomes pending, in_progress, verified.
 * @param count of subscribers
 * @param watch ALL: everything; OWN: each its own verification
 * @param firstNumber of the verifications of this run; no other run of this server may use the same
 * @param events in the throughput part; OWN: at most `count`, each for another of the subscribers, evenly spread
 * @param window deliveries under way at once
 * @param latencyEvents one each `latencyIntervalMs`
 * @param onPhase told of each phase before it begins; awaited
 */
export async function runFanOut(options) {
  const { port, count, watch, firstNumber, events, window, latencyEvents, latencyIntervalMs, onPhase } = options;
  const isOwn = watch === 'OWN';
  const deliverer = createDeliverer({ port, window, recipients: isOwn ? 1 : count });
  await onPhase('connect');
  const subscribers = await openSubscribers({
    port,
    count,
    connectionParams: options.connectionParams,
    messageOf: (index) =>
      JSON.stringify({
        id: '1',
        type: 'subscribe',
        payload: { query: options.query, variables: isOwn ? { id: watchedId(firstNumber + index) } : {} },
      }),
    onUpdate: (index, number, bytes) => {
      if (isOwn && number !== firstNumber + index) deliverer.fail(`subscriber ${index} got an update of another's`);
      else deliverer.received(number, bytes);
    },
  });
  try {
    if (isOwn) await establishOwn();
    else await establishAll();
    await onPhase('idle');
    await sleep(options.settleMs);
    await onPhase('throughput');
    const startedAt = performance.now();
    await deliverer.deliverAll(isOwn ? spread('in_progress') : range(events, nextEvent(), 'verified'));
    const seconds = (performance.now() - startedAt) / 1000;
    await onPhase('latency');
    deliverer.takeLatenciesMs();
    await trickle();
    const latencies = percentiles(deliverer.takeLatenciesMs());
    await onPhase('end');
    if (subscribers.failures.length > 0) throw new Error(`a subscription ended: ${subscribers.failures[0]}`);
    const deliveries = isOwn ? spread('in_progress').length : events;
    const updates = deliveries * (isOwn ? 1 : count);
    return { deliveries, updates, seconds, redeliveries: deliverer.redeliveries(), ...latencies };
  } finally {
    subscribers.close();
    deliverer.close();
  }

  /** Everybody has got an event of everything: nobody's subscription is still on its way. */
  async function establishAll() {
    await sleep(options.settleMs);
    for (let probe = 0; probe < 20; probe += 1) {
      const isHeard = await deliverer.deliverWithin(
        range(1, firstNumber + probe, 'verified')[0],
        1_000 + count * PATIENCE_MS,
      );
      if (subscribers.failures.length > 0) throw new Error(`not subscribed: ${subscribers.failures[0]}`);
      if (isHeard) return;
    }
    throw new Error('not everybody was subscribed after 20 events');
  }

  async function establishOwn() {
    await sleep(options.settleMs);
    if (subscribers.failures.length > 0) throw new Error(`not subscribed: ${subscribers.failures[0]}`);
    await deliverer.deliverAll(spread('pending'));
  }

  /** The next event of some subscribers of their own, from the first to the last who came. */
  function spread(status) {
    const apart = Math.max(1, Math.floor(count / events));
    return range(count, firstNumber, status)
      .filter((_, index) => index % apart === 0)
      .slice(0, events);
  }

  /** Behind the probes. */
  function nextEvent() {
    return firstNumber + 1_000;
  }

  async function trickle() {
    const trickling = isOwn ? spread('verified') : range(latencyEvents, nextEvent() + events, 'verified');
    for (const event of trickling.slice(0, latencyEvents)) {
      const pause = sleep(latencyIntervalMs);
      await deliverer.deliverAll([event]);
      await pause;
    }
  }
}

function range(count, first, status) {
  return Array.from({ length: count }, (_, index) => ({ number: first + index, id: watchedId(first + index), status }));
}
