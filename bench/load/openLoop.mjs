import { openConnection } from './httpConnection.mjs';
import { percentiles } from './percentiles.mjs';

/**
 * Requests at a fixed rate, whatever the answers do: latency counts from when a request was due, so that a server that
 * stands still is not spared the requests of that time.
 * @param perSecond requests
 * @param dependentBytesOf makes a second request that follows the answer of the first; left out: there is none
 */
export function runOpenLoop({ port, perSecond, warmUpMs, measureMs, bytesOf, nextNumber, dependentBytesOf }) {
  return new Promise((resolve, reject) => {
    const latenciesMs = [];
    const idle = [];
    const all = [];
    const startedAt = performance.now();
    let sent = 0;
    let failure = null;
    const timer = setInterval(tick, 1);

    function tick() {
      const now = performance.now();
      if (failure || now - startedAt > warmUpMs + measureMs) return finish();
      for (; startedAt + (sent * 1000) / perSecond <= now; sent += 1) ask(startedAt + (sent * 1000) / perSecond);
    }

    function ask(dueAt) {
      const connection = takeIdle() ?? open();
      connection.dueAt = dueAt;
      connection.isSecond = false;
      connection.number = nextNumber();
      connection.send(bytesOf(connection.number));
    }

    function takeIdle() {
      for (let connection = idle.pop(); connection; connection = idle.pop()) if (connection.isOpen()) return connection;
      return null;
    }

    function open() {
      const state = openConnection({
        port,
        onError: fail,
        onAnswer(status, body) {
          if (status !== 200) return fail(new Error(`${status}: ${body.subarray(0, 300)}`));
          if (dependentBytesOf && !state.isSecond) {
            state.isSecond = true;
            return state.send(dependentBytesOf(state.number));
          }
          if (state.dueAt - startedAt >= warmUpMs) latenciesMs.push(performance.now() - state.dueAt);
          idle.push(state);
        },
      });
      all.push(state);
      return state;
    }

    function fail(error) {
      failure ??= error;
    }

    function finish() {
      clearInterval(timer);
      for (const connection of all) connection.close();
      if (failure) reject(failure);
      else resolve({ answers: latenciesMs.length, ...percentiles(latenciesMs) });
    }
  });
}
