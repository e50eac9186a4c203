import { openConnection } from './httpConnection.mjs';
import { percentiles } from './percentiles.mjs';

/** Of GraphQL; a check of Dataspike's without errors has an empty list. */
const ERRORS = Buffer.from('"errors":[{');

/**
 * As many requests as the server answers: each connection sends the next one when it has its answer. The same connections
 * stay open through warm-up and measurement.
 * @param connections how many
 * @param bytesOf number → request
 * @param nextNumber the number of the next request
 * @param limit ends the measurement after so many answers; left out: only the time does
 * @param onMeasure called at the start and at the end of the measurement
 * @returns answers, seconds and latencies of the measurement
 * @throws when an answer is not 200 or holds GraphQL errors
 */
export function runClosedLoop({
  port,
  connections,
  warmUpMs,
  measureMs,
  bytesOf,
  nextNumber,
  limit = Number.POSITIVE_INFINITY,
  onMeasure,
}) {
  return new Promise((resolve, reject) => {
    let latenciesMs = [];
    let isMeasuring = false;
    let hasEnded = false;
    let startedAt = 0;
    const open = Array.from({ length: connections }, start);
    const timers = [];
    if (warmUpMs > 0) timers.push(setTimeout(measure, warmUpMs));
    else measure();

    function start() {
      let sentAt = 0;
      const connection = openConnection({
        port,
        onError: fail,
        onAnswer(status, body) {
          if (hasEnded) return;
          if (status !== 200 || body.includes(ERRORS)) return fail(new Error(`${status}: ${body.subarray(0, 300)}`));
          const now = performance.now();
          if (isMeasuring) latenciesMs.push(now - sentAt);
          if (latenciesMs.length >= limit) finish();
          else if (latenciesMs.length + connections - 1 < limit || !isMeasuring) send(now);
        },
      });
      function send(now) {
        sentAt = now;
        connection.send(bytesOf(nextNumber()));
      }
      send(performance.now());
      return connection;
    }

    function measure() {
      latenciesMs = [];
      isMeasuring = true;
      startedAt = performance.now();
      onMeasure('start');
      timers.push(setTimeout(finish, measureMs));
    }

    function finish() {
      const seconds = (performance.now() - startedAt) / 1000;
      onMeasure('end');
      close();
      resolve({ answers: latenciesMs.length, seconds, ...percentiles(latenciesMs) });
    }

    function fail(error) {
      if (hasEnded) return;
      close();
      reject(error);
    }

    function close() {
      hasEnded = true;
      for (const timer of timers) clearTimeout(timer);
      for (const connection of open) connection.close();
    }
  });
}
