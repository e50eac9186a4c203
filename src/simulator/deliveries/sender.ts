import { setMaxListeners } from 'node:events';
import http from 'node:http';
import https from 'node:https';

/** Posts JSON over connections that are kept open. */
export interface Sender {
  /** @returns the status, or null when no answer came in time; never rejects */
  post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<number | null>;
  /** Breaks off what is under way and closes all connections. */
  close(): void;
}

/** Enough for many receivers, few enough that a burst does not exhaust file descriptors. */
const maxSocketsPerReceiver = 128;

/** Sooner than servers of Node.js, which close after 5 s: a delivery into a connection that is just being closed is lost. */
const idleConnectionMs = 4_000;

/** @param timeoutMs from the moment that a connection is free until the answer's headers */
export function createSender(timeoutMs: number): Sender {
  const agentOptions = { keepAlive: true, maxSockets: maxSocketsPerReceiver, timeout: idleConnectionMs };
  const agents = { 'http:': new http.Agent(agentOptions), 'https:': new https.Agent(agentOptions) };
  const closing = new AbortController();
  // One for each delivery under way.
  setMaxListeners(0, closing.signal);

  return {
    post(url, body, headers) {
      const { protocol } = new URL(url);
      const client = protocol === 'https:' ? https : http;
      const agent = protocol === 'https:' ? agents['https:'] : agents['http:'];
      return new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        const settle = (status: number | null) => {
          clearTimeout(timer);
          resolve(status);
        };
        if (closing.signal.aborted) return settle(null);
        const request = client.request(url, {
          method: 'POST',
          agent,
          headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        });
        const giveUp = () => request.destroy();
        closing.signal.addEventListener('abort', giveUp);
        request.once('socket', () => {
          timer = setTimeout(giveUp, timeoutMs);
        });
        request.once('response', (response) => {
          // The body does not matter, but a connection can be used again only when it was read.
          response.on('error', () => {});
          response.resume();
          settle(response.statusCode ?? null);
        });
        request.on('error', () => settle(null));
        request.once('close', () => {
          closing.signal.removeEventListener('abort', giveUp);
          settle(null);
        });
        request.end(body);
      });
    },
    close() {
      closing.abort();
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}
