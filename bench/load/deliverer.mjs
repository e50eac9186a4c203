import { deliveryBytes } from './deliveries.mjs';
import { openConnection } from './httpConnection.mjs';

/** A delivery that has not reached everybody by then never will. */
const GIVE_UP_MS = 120_000;
/** Like Dataspike, it delivers again what was not answered 200: a server that is busy for seconds resets connections. */
const MAX_REDELIVERIES = 50;
/** What an update of each delivered status says. */
const STATUS_MARKS = {
  pending: Buffer.from('"PENDING"'),
  in_progress: Buffer.from('"IN_PROGRESS"'),
  verified: Buffer.from('"VERIFIED"'),
};

/**
 * Delivers events, a few at once, and knows who still waits for one.
 * @param recipients how many updates belong to one event
 */
export function createDeliverer({ port, window, recipients }) {
  const underWay = new Map();
  const idle = [];
  const all = [];
  let latenciesMs = [];
  let failure = null;
  let redeliveries = 0;
  let giveUp = () => {};

  function settle(event) {
    if (event.missing > 0 || !event.isAnswered) return;
    underWay.delete(event.number);
    event.done();
  }

  function deliver(event) {
    return new Promise((resolve) => {
      const { number, id, status } = event;
      const state = {
        number,
        mark: STATUS_MARKS[status],
        missing: recipients,
        isAnswered: false,
        sentAt: 0,
        done: resolve,
      };
      underWay.set(number, state);
      const bytes = deliveryBytes(id, status);
      state.sentAt = performance.now();
      send(state, bytes);
    });
  }

  function send(state, bytes) {
    const connection = takeIdle() ?? open();
    connection.event = state;
    connection.bytes = bytes;
    connection.send(bytes);
  }

  function takeIdle() {
    for (let connection = idle.pop(); connection; connection = idle.pop()) if (connection.isOpen()) return connection;
    return null;
  }

  function open() {
    const connection = openConnection({
      port,
      onError: (error) => sendAgain(connection, error.message),
      onAnswer(status, body) {
        if (status !== 200) return sendAgain(connection, `${status}: ${body.subarray(0, 200)}`);
        const { event } = connection;
        idle.push(connection);
        event.isAnswered = true;
        settle(event);
      },
    });
    all.push(connection);
    return connection;
  }

  function sendAgain(connection, reason) {
    connection.close();
    redeliveries += 1;
    if (redeliveries > MAX_REDELIVERIES) return fail(`deliveries are not taken: ${reason}`);
    send(connection.event, connection.bytes);
  }

  function fail(reason) {
    failure ??= new Error(reason);
    giveUp();
  }

  return {
    fail,
    /** An update about a verification; others than those under way, such as first states, are not counted. */
    received(number, bytes) {
      const event = underWay.get(number);
      if (!event || !bytes.includes(event.mark)) return;
      event.missing -= 1;
      latenciesMs.push(performance.now() - event.sentAt);
      if (event.missing <= 0) settle(event);
    },
    /** @throws when an answer is not 200, or somebody waits for two minutes */
    async deliverAll(events) {
      let next = 0;
      const work = Promise.all(
        Array.from({ length: window }, async () => {
          while (next < events.length && !failure) await deliver(events[next++]);
        }),
      );
      await untilFailure(work, GIVE_UP_MS);
      if (failure) throw failure;
      if (underWay.size > 0) throw new Error(`${underWay.size} deliveries did not reach everybody`);
    },
    /** @returns whether everybody had it in time; who is late is not waited for */
    async deliverWithin(event, limitMs) {
      await untilFailure(deliver(event), limitMs);
      if (failure) throw failure;
      const isDone = !underWay.has(event.number);
      underWay.delete(event.number);
      return isDone;
    },
    redeliveries: () => redeliveries,
    takeLatenciesMs() {
      const taken = latenciesMs;
      latenciesMs = [];
      return taken;
    },
    close() {
      for (const connection of all) connection.close();
    },
  };

  async function untilFailure(work, limitMs) {
    let timer;
    const end = new Promise((resolve) => {
      giveUp = resolve;
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([work, end]);
    clearTimeout(timer);
  }
}
