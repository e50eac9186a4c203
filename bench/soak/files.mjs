/**
 * How much memory files take on their way through the gateway.
 *
 *   npm run build && node bench/soak/files.mjs [--dist dist] [--mebibytes 20] [--count 20] [--limit 60]
 *
 * Starts the built gateway in a process of its own, in front of a stand-in for Dataspike that is in this process and never
 * keeps more than a piece of a file. Uploads that many files at once, then downloads as many at once, and prints by how
 * much the gateway's resident memory grew at most. Ends with 1 when that is over the limit (MiB). Needs Linux's /proc.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { parseArgs } from 'node:util';

const MIB = 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 7);
const START = Buffer.from('ffd8ffe000104a464946000101000048', 'hex');

const { values } = parseArgs({
  options: {
    dist: { type: 'string', default: 'dist' },
    mebibytes: { type: 'string', default: '20' },
    count: { type: 'string', default: '20' },
    limit: { type: 'string', default: '60' },
  },
});
const fileBytes = Number(values.mebibytes) * MIB;
const count = Number(values.count);

const upstream = await startUpstream();
const gateway = await startGateway(upstream.port);
try {
  await upload(MIB);
  await download();
  const startMib = residentMib();
  const uploads = await measure(() => upload(fileBytes));
  const downloads = await measure(() => download());
  const growthMib = Math.max(uploads.peakMib, downloads.peakMib) - startMib;
  const result = {
    files: count,
    mebibytesEach: fileBytes / MIB,
    startMib: Math.round(startMib),
    uploadPeakMib: Math.round(uploads.peakMib),
    uploadSeconds: uploads.seconds,
    downloadPeakMib: Math.round(downloads.peakMib),
    downloadSeconds: downloads.seconds,
    growthMib: Math.round(growthMib * 10) / 10,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = growthMib < Number(values.limit) ? 0 : 1;
} finally {
  gateway.process.kill('SIGKILL');
  upstream.server.closeAllConnections();
  upstream.server.close();
}

/** Runs as many at once as asked for, and looks at the gateway's memory all the while. */
async function measure(transfer) {
  let peakMib = 0;
  const look = () => {
    peakMib = Math.max(peakMib, residentMib());
  };
  const timer = setInterval(look, 10);
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: count }, transfer));
  clearInterval(timer);
  look();
  return { peakMib, seconds: Math.round(performance.now() - startedAt) / 1000 };
}

async function upload(bytes) {
  const { createDocumentUpload } = await ask(
    `mutation { createDocumentUpload(input: { applicantId: "a-1", documentType: PASSPORT }) { uploadUrl } }`,
  );
  const request = http.request(reachable(createDocumentUpload.uploadUrl), { method: 'PUT', agent: false });
  request.setHeader('content-length', bytes);
  const answered = once(request, 'response');
  request.write(START);
  for (let left = bytes - START.length; left > 0; left -= PIECE.length) {
    if (!request.write(left < PIECE.length ? PIECE.subarray(0, left) : PIECE)) await once(request, 'drain');
  }
  request.end();
  const [response] = await answered;
  response.resume();
  if (response.statusCode !== 201) throw new Error(`An upload was answered ${response.statusCode}`);
}

async function download() {
  const { verification } = await ask('{ verification(id: "v-1") { documents { contentUrl } } }');
  const request = http.get(reachable(verification.documents[0].contentUrl), { agent: false });
  const [response] = await once(request, 'response');
  let bytes = 0;
  for await (const piece of response) bytes += piece.length;
  if (response.statusCode !== 200 || bytes !== fileBytes) {
    throw new Error(`A download was answered ${response.statusCode} with ${bytes} bytes`);
  }
}

async function ask(query) {
  const response = await fetch(`http://127.0.0.1:${gateway.port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

function reachable(url) {
  return `http://127.0.0.1:${gateway.port}${new URL(url).pathname}`;
}

function residentMib() {
  const status = readFileSync(`/proc/${gateway.process.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]) / 1024;
}

async function startUpstream() {
  const answers = {
    '/api/v3/applicants/a-1': { applicant_id: 'a-1' },
    '/api/v3/verifications/applicant/a-1': { data: [], has_next: false },
    '/api/v3/verifications/v-1': {
      id: 'v-1',
      status: 'verified',
      documents: [{ document_id: 'd-1', document_type: 'passport' }],
    },
  };
  const server = http.createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://upstream');
    if (pathname === '/api/v3/documents/d-1') return sendFile(response);
    if (request.method === 'POST') for await (const _piece of request);
    const answer = request.method === 'POST' ? { document_id: 'd-2' } : answers[pathname];
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: server.address().port };
}

async function sendFile(response) {
  response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': fileBytes });
  response.write(START);
  for (let left = fileBytes - START.length; left > 0; left -= PIECE.length) {
    if (!response.write(left < PIECE.length ? PIECE.subarray(0, left) : PIECE)) await once(response, 'drain');
  }
  response.end();
}

async function startGateway(upstreamPort) {
  const child = spawn(process.execPath, [path.resolve(values.dist, 'commandLine.js'), 'start'], {
    env: {
      DATASPIKE_API_KEY: 'soak',
      DATASPIKE_BASE_URL: `http://127.0.0.1:${upstreamPort}`,
      HOST: '127.0.0.1',
      PORT: '0',
      AUTH_DISABLED: 'true',
      WEBHOOK_ALLOW_UNSIGNED: 'true',
      ACCESS_LOG: '/dev/null',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise((resolve, reject) => {
    let output = '';
    // Read on to the end, so that the gateway never waits for somebody to take its log.
    child.stdout.on('data', (piece) => {
      output = (output + piece).slice(-10_000);
      const found = /"port":(\d+),"msg":"listening"/.exec(output)?.[1];
      if (found) resolve(Number(found));
    });
    child.once('close', () => reject(new Error('The gateway did not start')));
  });
  return { process: child, port };
}
