import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What came back on the wire. */
export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly text: string;
  /** Bytes of ours that the server still took. */
  readonly sentBytes: number;
}

/**
 * Sends bytes as they are and collects everything until the server closes the connection: for requests that no client
 * would make.
 * @param pieces sent one after another
 * @param pauseMs between two pieces
 */
export async function sendRaw(url: string, pieces: Iterable<string>, pauseMs = 0): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  let sentBytes = 0;
  socket.on('data', (chunk) => {
    text += chunk;
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // A server that has heard enough resets the connection.
  socket.on('error', () => undefined);
  try {
    for (const piece of pieces) {
      if (socket.destroyed || socket.readableEnded) break;
      socket.write(piece);
      sentBytes += piece.length;
      if (pauseMs > 0) await sleep(pauseMs);
    }
    await closed;
  } finally {
    socket.destroy();
  }
  return { status: Number(/^HTTP\/1\.1 (?!100)(\d{3})/m.exec(text)?.[1] ?? 0), text, sentBytes };
}
