import { VERIFICATION_PREFIX } from '../upstream/answers.mjs';
import { openWebSocket } from './webSocket.mjs';

const ACKNOWLEDGED = Buffer.from('"connection_ack"');
const NEXT = Buffer.from('"next"');
const PREFIX = Buffer.from(VERIFICATION_PREFIX);
/** After the prefix: `w` and eleven digits. */
const DIGITS = { start: 1, end: 12 };
const AT_ONCE = 100;

/**
 * Opens sockets with one subscription each, a hundred at a time.
 * @param count how many
 * @param messageOf index → the text of its subscribe message
 * @param onUpdate gets the index of the subscriber, the number in the verification's id, and the bytes of the message
 * @returns `close`, and `failures`: why sockets ended or operations failed, which must stay empty
 */
export async function openSubscribers({ port, count, connectionParams, messageOf, onUpdate }) {
  const sockets = [];
  const failures = [];
  let acknowledged = 0;
  let wake = () => {};

  function open(index) {
    const socket = openWebSocket({
      port,
      onOpen: () => socket.sendText(JSON.stringify({ type: 'connection_init', payload: connectionParams })),
      onEnd: (reason) => fail(reason),
      onText(bytes) {
        if (bytes.includes(NEXT)) {
          const at = bytes.indexOf(PREFIX);
          if (at === -1) return fail(bytes.latin1Slice(0, 300));
          const start = at + PREFIX.length;
          return onUpdate(index, Number(bytes.latin1Slice(start + DIGITS.start, start + DIGITS.end)), bytes);
        }
        if (bytes.includes(ACKNOWLEDGED)) {
          socket.sendText(messageOf(index));
          acknowledged += 1;
          return wake();
        }
        if (bytes.includes('"ping"')) return socket.sendText('{"type":"pong"}');
        fail(bytes.latin1Slice(0, 300));
      },
    });
    sockets.push(socket);
  }

  function fail(reason) {
    failures.push(reason);
    wake();
  }

  for (let index = 0; index < count; ) {
    for (const end = Math.min(count, index + AT_ONCE); index < end; index += 1) open(index);
    while (acknowledged < index && failures.length === 0) {
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
    if (failures.length > 0) break;
  }
  return {
    failures,
    close() {
      for (const socket of sockets) socket.close();
    },
  };
}
