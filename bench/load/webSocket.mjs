import { randomBytes } from 'node:crypto';
import net from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One WebSocket (RFC 6455) with graphql-transport-ws on it, as bare as the HTTP connection beside it: five thousand of a
 * general client's would be busier than the server that they measure.
 * @param onOpen called when the server has taken it
 * @param onText gets the bytes of a text message, which are only good until it returns
 * @param onEnd called when the server ends it, or refuses it
 */
export function openWebSocket({ port, onOpen, onText, onEnd }) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  let pending = null;
  let isUpgraded = false;
  let isClosing = false;
  const end = (reason) => {
    if (!isClosing) onEnd(reason);
    isClosing = true;
  };

  socket.write(
    `GET /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
  );
  socket.on('data', (piece) => {
    let bytes = pending ? Buffer.concat([pending, piece]) : piece;
    if (!isUpgraded) {
      const headEnd = bytes.indexOf(HEAD_END);
      if (headEnd === -1) {
        pending = bytes;
        return;
      }
      if (!bytes.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) return end(bytes.latin1Slice(0, 200));
      isUpgraded = true;
      onOpen();
      bytes = bytes.subarray(headEnd + HEAD_END.length);
    }
    const rest = readFrames(bytes);
    pending = rest.length > 0 ? rest : null;
  });
  socket.on('error', (error) => end(error.message));
  socket.on('close', () => end('closed'));

  /** @returns the bytes of a frame that is not whole yet */
  function readFrames(bytes) {
    let at = 0;
    for (;;) {
      if (bytes.length - at < 2) break;
      let length = bytes[at + 1] & 0x7f;
      let start = at + 2;
      if (length === 126) {
        if (bytes.length - at < 4) break;
        length = bytes.readUInt16BE(at + 2);
        start = at + 4;
      } else if (length === 127) {
        if (bytes.length - at < 10) break;
        length = Number(bytes.readBigUInt64BE(at + 2));
        start = at + 10;
      }
      if (bytes.length < start + length) break;
      const opcode = bytes[at] & 0x0f;
      if (opcode === 1) onText(bytes.subarray(start, start + length));
      else if (opcode === 8) end(`closed: ${bytes.subarray(start, start + length).latin1Slice(0, 100)}`);
      else if (opcode === 9) write(0x8a, bytes.subarray(start, start + length));
      at = start + length;
    }
    return bytes.subarray(at);
  }

  /** Masked with zeros, which is allowed and free. */
  function write(firstByte, content) {
    const head =
      content.length < 126
        ? Buffer.from([firstByte, 0x80 | content.length, 0, 0, 0, 0])
        : Buffer.from([firstByte, 0x80 | 126, content.length >> 8, content.length & 0xff, 0, 0, 0, 0]);
    socket.write(Buffer.concat([head, content]));
  }

  return {
    sendText: (text) => write(0x81, Buffer.from(text)),
    close() {
      isClosing = true;
      socket.destroy();
    },
  };
}
