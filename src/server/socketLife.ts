import type { WebSocket } from 'ws';

const PING_MS = 12_000;
/** How long the other side may take to answer that the socket closes. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Closes a socket, whether or not the other side answers. */
export function end(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
}

/** Ends a socket whose other side is silent. @returns stops looking */
export function keepAlive(socket: WebSocket): () => void {
  let isAlive = true;
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_MS);
  socket.on('pong', () => {
    isAlive = true;
  });
  return () => clearInterval(timer);
}
