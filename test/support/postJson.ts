import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * Connections stay open for the next request; idle ones keep no process alive, and are closed before the server, after
 * 5 s, closes them under a request.
 */
const agent = new Agent({ keepAlive: true, timeout: 4_000 });

/**
 * POSTs a body over HTTP/1.1, for a third of the CPU of `fetch`: most of what tests send is this. Rejects when no answer
 * comes.
 * @param headers on top of `content-type: application/json`
 */
export function postJson(
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  return new Promise((resolve, reject) => {
    const length = String(Buffer.byteLength(body));
    const outgoing = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers, 'content-length': length } },
      (response) => {
        const own = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        text(response).then(
          (received) => resolve({ status: response.statusCode ?? 0, headers: new Headers(own), text: received }),
          reject,
        );
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
