import type { ServerResponse } from 'node:http';
import type { Reply } from './endpoint';
import type { Fault } from './faults';

const oversizedBody = `{"padding":"${'x'.repeat(8 * 1024 * 1024)}"}`;
const dripEveryMs = 20;
const simulatedFault = JSON.stringify({ message: 'simulated fault' });
const wrongTypes = {
  id: 42,
  applicant_id: { nested: true },
  status: ['verified'],
  checks: 7,
  documents: 'none',
  created_at: false,
  data: 'none',
  has_next: 'perhaps',
};

export function sendReply(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, {
    ...reply.headers,
    ...(reply.status === 204 ? {} : { 'content-length': Buffer.byteLength(reply.body ?? '') }),
  });
  response.end(reply.body);
}

/**
 * Sends the answer as a fault has it.
 * @param reply what would have been answered, when the work was done; null when it was not
 */
export function sendFaultyReply(response: ServerResponse, fault: Fault, reply: Reply | null): void {
  if (fault.kind === 'reset') {
    response.destroy();
  } else if (fault.kind === 'truncate' || fault.kind === 'stall') {
    const whole = distortReply(fault, reply);
    const body = Buffer.from(whole.body ?? '');
    response.writeHead(whole.status, { ...whole.headers, 'content-length': body.length + 1 });
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => {
      if (fault.kind === 'truncate') response.destroy();
    });
  } else if (fault.kind === 'overrun') {
    const whole = distortReply(fault, reply);
    response.writeHead(whole.status, { ...whole.headers, 'content-length': 10 });
    response.end(whole.body);
  } else if (fault.kind === 'drip-headers') {
    response.socket?.write('HTTP/1.1 200 OK\r\n');
    drip(response, () => response.socket?.write('x-drip: drop\r\n'));
  } else if (fault.kind === 'drip-body') {
    response.writeHead(200, { 'content-type': 'application/json' });
    drip(response, () => response.write(' '));
  } else {
    sendReply(response, distortReply(fault, reply));
  }
}

/** Until the client has gone. */
function drip(response: ServerResponse, sendDrop: () => void): void {
  const timer = setInterval(sendDrop, dripEveryMs);
  response.once('close', () => clearInterval(timer));
}

function distortReply(fault: Fault, reply: Reply | null): Reply {
  const status = fault.status ?? reply?.status ?? 200;
  const headers = { 'content-type': 'application/json', ...reply?.headers, ...fault.headers };
  switch (fault.kind) {
    case 'status':
      return { status: fault.status ?? 500, headers, body: fault.body ?? simulatedFault };
    case 'html':
      return {
        status,
        headers: { ...fault.headers, 'content-type': 'text/html; charset=utf-8' },
        body: fault.body ?? '<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>',
      };
    case 'not-json':
      return { status, headers, body: fault.body ?? '{"id":"broken' };
    case 'wrong-type':
      return { status, headers, body: fault.body ?? JSON.stringify(wrongTypes) };
    case 'oversized':
      return { status, headers, body: oversizedBody };
    case 'redirect':
      return { status: fault.status ?? 302, headers: { location: '/redirected', ...fault.headers } };
    case 'empty':
      return { status: fault.status ?? 200, headers: fault.headers };
    default:
      return { status, headers, body: fault.body ?? reply?.body ?? simulatedFault };
  }
}
