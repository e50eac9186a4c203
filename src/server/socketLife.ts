import type { WebSocket } from 'ws';

/** How long the other side may take to answer a ping, and how often it is asked. */
const PING_MS = 12_000;
/** In each of them the sockets of one group are pinged, so that five thousand are not all at once. */
const GROUPS = 12;
/** How long the other side may take to answer that the socket closes. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Closes a socket, whether or not the other side answers. */
export function end(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
}

/** Ends sockets whose other side is silent; one timer for all of them, and none while there is none. */
export function createHeartbeat(): (socket: WebSocket) => void {
  const groups = Array.from({ length: GROUPS }, () => new Set<WebSocket>());
  const silent = new Set<WebSocket>();
  let sockets = 0;
  let turn = 0;
  let timer: NodeJS.Timeout | undefined;

  function pingNext() {
    turn = (turn + 1) % GROUPS;
    for (const socket of groups[turn] ?? []) {
      if (silent.has(socket)) socket.terminate();
      else {
        silent.add(socket);
        socket.ping();
      }
    }
  }

  function hear(this: WebSocket) {
    silent.delete(this);
  }

  return (socket) => {
    // Pinged after a whole round, as those before it.
    const group = groups[turn] as Set<WebSocket>;
    group.add(socket);
    sockets += 1;
    timer ??= setInterval(pingNext, PING_MS / GROUPS);
    socket.on('pong', hear);
    socket.on('close', () => {
      group.delete(socket);
      silent.delete(socket);
      sockets -= 1;
      if (sockets > 0) return;
      clearInterval(timer);
      timer = undefined;
    });
  };
}
