import {
  APPLICANT_PREFIX,
  applicantAnswer,
  EMPTY_ANSWERS,
  PAGE_SIZE,
  suffixOnPage,
  VERIFICATION_PREFIX,
  verificationAnswer,
} from './answers.mjs';
import { WATCHED_SUFFIX_START } from './watchedIds.mjs';

/**
 * nginx answers from its configuration: no file is read, nothing is parsed, and the ids of the answer are those of the
 * request. One worker; the access log is off; GETs are counted by stub_status.
 * @param port to listen on, on 127.0.0.1
 * @param folder for what nginx writes
 */
export function nginxConfig({ port, folder }) {
  return `
worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 4096; }
http {
  access_log off;
  server_tokens off;
  default_type application/json;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location = /count { stub_status; }
    location ~ ^/api/v3/verifications/${VERIFICATION_PREFIX}(?<watched>${WATCHED_SUFFIX_START}\\w+)$ {
      return 200 ${quoted(verificationAnswer('$watched', 'initial'))};
    }
    location ~ ^/api/v3/verifications/${VERIFICATION_PREFIX}(?<suffix>\\w+)$ {
      return 200 ${quoted(verificationAnswer('$suffix'))};
    }
    location ~ ^/api/v3/applicants/${APPLICANT_PREFIX}(?<suffix>\\w+)$ {
      return 200 ${quoted(applicantAnswer('$suffix'))};
    }
    location = /api/v3/verifications {
${listLines()}
    }
${Object.entries(EMPTY_ANSWERS)
  .map(([path, answer]) => `    location = ${path} { return 200 ${quoted(answer)}; }`)
  .join('\n')}
  }
}
`;
}

/** A text of nginx' configuration holds 4096 bytes at most, so every item is a variable of its own. */
function listLines() {
  const indexes = Array.from({ length: PAGE_SIZE }, (_, index) => String(index).padStart(2, '0'));
  const items = indexes.map(
    (index) => `      set $item${index} ${quoted(verificationAnswer(suffixOnPage('$' + '{arg_page}', index)))};`,
  );
  const list = indexes.map((index) => `$item${index}`).join(',');
  return `${items.join('\n')}\n      return 200 '{"data":[${list}],"has_next":true}';`;
}

function quoted(answer) {
  const text = JSON.stringify(answer);
  if (text.includes("'")) throw new Error('an answer of the upstream must hold no single quote');
  return `'${text}'`;
}
