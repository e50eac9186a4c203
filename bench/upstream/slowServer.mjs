/**
 * The same answers from Node, each after UPSTREAM_DELAY_MS: for work where waiting matters and not the rate, and for
 * machines without nginx. Listens on PORT.
 */
import http from 'node:http';
import { answerRequest } from './answerRequest.mjs';

const delayMs = Number(process.env.UPSTREAM_DELAY_MS ?? 0);
let count = 0;

const server = http.createServer((request, response) => {
  request.resume();
  if (request.url === '/count') return response.end(`requests ${count}`);
  count += 1;
  const answer = answerRequest(request.url);
  const text = JSON.stringify(answer ?? {});
  const send = () => {
    response.writeHead(answer ? 200 : 404, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  };
  if (delayMs > 0) setTimeout(send, delayMs);
  else send();
});
server.keepAliveTimeout = 600_000;
server.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
