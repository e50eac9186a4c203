import net from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One kept-open HTTP/1.1 connection, one request at a time, with only what a load generator needs: a general client
 * would take as much CPU as a fast server. Understands Content-Length and chunked bodies.
 * @param port on 127.0.0.1
 * @param onAnswer gets the status and the bytes of the body, which are only good until it returns
 * @param onError gets what ended the connection while an answer was due
 * @returns `send`, `close`, and `isOpen`: a server closes what is idle too long
 */
export function openConnection({ port, onAnswer, onError }) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  let pending = null;
  let isClosing = false;
  let isAwaited = false;
  const end = (error) => {
    if (isAwaited && !isClosing) onError(error);
    isClosing = true;
  };
  socket.on('data', (piece) => {
    pending = pending ? Buffer.concat([pending, piece]) : piece;
    const answer = readAnswer(pending);
    if (!answer) return;
    pending = null;
    isAwaited = false;
    onAnswer(answer.status, answer.body);
  });
  socket.on('error', end);
  socket.on('end', () => end(new Error('the server closed a connection')));
  socket.on('close', () => end(new Error('the server closed a connection')));
  return {
    /** @param request the bytes of head and body; only after the answer to the one before */
    send(request) {
      isAwaited = true;
      socket.write(request);
    },
    isOpen: () => !isClosing,
    close() {
      isClosing = true;
      socket.destroy();
    },
  };
}

/** @returns the bytes of a POST of JSON */
export function postBytes(path, headers, body) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** @returns the bytes of a GET */
export function getBytes(path, headers) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join('')}\r\n`;
}

/** @returns null while the answer is not whole */
function readAnswer(bytes) {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return null;
  const head = bytes.latin1Slice(0, headEnd);
  const status = Number(head.slice(9, 12));
  const start = headEnd + HEAD_END.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = start + Number(length);
    return bytes.length >= end ? { status, body: bytes.subarray(start, end) } : null;
  }
  // What ends with its connection is a refusal by Node itself.
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status, body: bytes.subarray(start) };
  return readChunks(bytes, start, status);
}

function readChunks(bytes, start, status) {
  const pieces = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(bytes.latin1Slice(at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (bytes.length < next) return null;
    if (size === 0) return { status, body: pieces.length === 1 ? pieces[0] : Buffer.concat(pieces) };
    pieces.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
