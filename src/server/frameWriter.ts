import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Of one socket, in one turn. */
const MAX_WAITING_BYTES = 16_384;
/** Sockets that are written to before everybody else gets a turn. */
const SOCKETS_PER_TURN = 256;
/** Up to here, copying costs less than another buffer for the system to look at. */
const COPIED_BYTES = 4_096;
const TAIL = Buffer.from('}');
/** The longest of a frame (RFC 6455 §5.2) that is not masked. */
const MAX_HEADER_BYTES = 10;

/**
 * Makes writers that take turns: when many sockets are written to at once, whatever else comes is not held up, and what
 * comes for the last of them meanwhile goes into the same write.
 * @returns makes the writer of a WebSocket on a socket; ws writes whole frames to it, too
 */
export function createFrameWriters(): (socket: Duplex, webSocket: WebSocket) => FrameWriter {
  let dirty: FrameWriter[] = [];
  let isScheduled = false;

  function schedule(writer: FrameWriter) {
    dirty.push(writer);
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(flushSome);
  }

  function flushSome() {
    const some = dirty.slice(0, SOCKETS_PER_TURN);
    dirty = dirty.slice(SOCKETS_PER_TURN);
    isScheduled = dirty.length > 0;
    if (isScheduled) setImmediate(flushSome);
    for (const writer of some) writer.flush();
  }

  return (socket, webSocket) => new FrameWriter(socket, webSocket, schedule);
}

/**
 * Writes messages to one WebSocket: those of one turn of the event loop leave together. A class, since there are thousands
 * and each update of everything touches them all.
 */
export class FrameWriter {
  /** Heads and bodies in turn; null: nothing waits. */
  private parts: Buffer[] | null = null;
  private waitingBytes = 0;
  private waiting: (() => void)[] | null = null;
  /** The socket has more than it takes at once, until it has drained. */
  private isFull = false;

  constructor(
    private readonly socket: Duplex,
    private readonly webSocket: WebSocket,
    private readonly schedule: (writer: FrameWriter) => void,
  ) {}

  /**
   * Takes one text message: the head, the body, and a closing brace.
   * @param body may be shared with other sockets
   */
  write(head: Buffer, body: Buffer): void {
    this.waitingBytes += head.length + body.length;
    if (this.parts) {
      this.parts.push(head, body);
    } else {
      this.parts = [head, body];
      this.schedule(this);
    }
  }

  /** Whether little enough waits for a reader who is slow. */
  isReady(): boolean {
    return !this.isFull && this.waitingBytes < MAX_WAITING_BYTES;
  }

  /** Calls back when it is ready again, those who asked first at first; never when the socket ends before. */
  whenReady(resume: () => void): void {
    this.waiting ??= [];
    this.waiting.push(resume);
  }

  /** Writes what waits, so that whatever is written to the socket next comes after it. */
  flush(): void {
    const { parts, waitingBytes, socket, webSocket } = this;
    if (!parts) return;
    this.parts = null;
    this.waitingBytes = 0;
    if (webSocket.readyState !== webSocket.OPEN) {
      this.waiting = null;
      return;
    }
    if (waitingBytes <= COPIED_BYTES) socket.write(copied(parts, waitingBytes));
    else writeParts(socket, parts);
    this.isFull = socket.writableNeedDrain;
    if (this.isFull) socket.once('drain', () => this.resume());
    else if (this.waiting) this.resume();
  }

  private resume(): void {
    this.isFull = false;
    while (this.waiting && this.isReady()) {
      const resume = this.waiting.shift();
      if (this.waiting.length === 0) this.waiting = null;
      resume?.();
    }
  }
}

function copied(parts: readonly Buffer[], bytes: number): Buffer {
  const frames = Buffer.allocUnsafe(bytes + (parts.length / 2) * (MAX_HEADER_BYTES + TAIL.length));
  let at = 0;
  for (let index = 0; index < parts.length; index += 2) {
    const head = parts[index] as Buffer;
    const body = parts[index + 1] as Buffer;
    at = writeHeader(frames, at, head.length + body.length + TAIL.length);
    frames.set(head, at);
    frames.set(body, at + head.length);
    at += head.length + body.length;
    frames[at++] = 0x7d;
  }
  return frames.subarray(0, at);
}

function writeParts(socket: Duplex, parts: readonly Buffer[]): void {
  socket.cork();
  for (let index = 0; index < parts.length; index += 2) {
    const head = parts[index] as Buffer;
    const body = parts[index + 1] as Buffer;
    const start = Buffer.allocUnsafe(MAX_HEADER_BYTES + head.length);
    const headerBytes = writeHeader(start, 0, head.length + body.length + TAIL.length);
    start.set(head, headerBytes);
    socket.write(start.subarray(0, headerBytes + head.length));
    socket.write(body);
    socket.write(TAIL);
  }
  socket.uncork();
}

/** Of a text message in one frame. @returns where its content begins */
function writeHeader(into: Buffer, at: number, contentBytes: number): number {
  into[at] = 0x81;
  if (contentBytes < 126) {
    into[at + 1] = contentBytes;
    return at + 2;
  }
  if (contentBytes < 65_536) {
    into[at + 1] = 126;
    return into.writeUInt16BE(contentBytes, at + 2);
  }
  into[at + 1] = 127;
  return into.writeBigUInt64BE(BigInt(contentBytes), at + 2);
}
