/**
 * The floor: a hand-written REST proxy without GraphQL. It makes the same requests to the upstream and passes on the bytes
 * that come back; of a body it reads only which applicant to ask for.
 */
import http from 'node:http';
import { Pool } from 'undici';
import { applicantPath, listPath, PORT, UPSTREAM_HEADERS, UPSTREAM_URL, verificationPath } from './shared/paths.mjs';

const pool = new Pool(UPSTREAM_URL, { connections: 64 });

http
  .createServer(async (request, response) => {
    const [, kind, which] = request.url.split('/');
    const text = kind === 'board' ? await board(which) : await verification(which);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  })
  .listen(PORT, '127.0.0.1');

async function verification(id) {
  const text = await get(verificationPath(id));
  const { applicant_id: applicantId } = JSON.parse(text);
  return `{"verification":${text},"applicant":${await get(applicantPath(applicantId))}}`;
}

async function board(page) {
  const text = await get(listPath(page, 50));
  const { data } = JSON.parse(text);
  const applicants = await Promise.all(data.map((item) => get(applicantPath(item.applicant_id))));
  return `{"verifications":${text},"applicants":[${applicants.join(',')}]}`;
}

async function get(path) {
  const { statusCode, body } = await pool.request({ path, method: 'GET', headers: UPSTREAM_HEADERS });
  if (statusCode !== 200) throw new Error(`upstream answered ${statusCode}`);
  return body.text();
}
