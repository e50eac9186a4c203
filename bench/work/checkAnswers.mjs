import { isDeepStrictEqual } from 'node:util';
import { createRequests, idOnPage } from '../load/requests.mjs';
import { toApplicant, toVerification } from '../peers/shared/wire.mjs';
import { applicantAnswer, PAGE_SIZE, VERIFICATION_PREFIX, verificationAnswer } from '../upstream/answers.mjs';

/** Far from the numbers that runs count up from 1. */
const NUMBER = 900_000_001;
const PAGE = 900_001;
const GETS = { VERIFICATION: 2, BOARD: 1 + PAGE_SIZE };

/**
 * Asks once, and compares what comes with what the upstream's answers mean, and the number of upstream requests with what
 * the work needs. Names and values of REST count as ours.
 * @param isCaching then the same question again must reach the upstream less often
 * @returns what is wrong; null when nothing is
 */
export async function checkAnswers({ server, upstream, target, kind, isCaching }) {
  const number = kind === 'BOARD' ? PAGE : NUMBER;
  // Whoever was measured before may still work off what its clients no longer wait for.
  await upstream.settled();
  const before = await upstream.count();
  const answer = await ask(server, target, number);
  const asked = (await upstream.count()) - before - 1;
  if (asked !== GETS[kind]) return `${asked} upstream requests instead of ${GETS[kind]}`;
  if (target.document !== undefined) {
    const expected = kind === 'BOARD' ? expectedBoard(number) : expectedVerification(number);
    if (!isContained(expected, answer.data)) return `other answer: ${JSON.stringify(answer).slice(0, 300)}`;
  } else if (!isProxied(answer, kind)) return `other answer: ${JSON.stringify(answer).slice(0, 300)}`;
  if (!isCaching) return null;
  await ask(server, target, number);
  const askedAgain = (await upstream.count()) - before - 2 - asked;
  return askedAgain < asked ? null : `no cache: ${askedAgain} upstream requests for the same question`;
}

async function ask(server, target, number) {
  const text = createRequests(target)(number);
  const [head, body] = text.split('\r\n\r\n');
  const [first, ...lines] = head.split('\r\n');
  const [method, path] = first.split(' ');
  const headers = Object.fromEntries(
    lines.map((line) => line.split(': ')).filter(([name]) => name !== 'host' && name !== 'content-length'),
  );
  const response = await fetch(`${server.url}${path}`, { method, headers, body: body || undefined });
  return response.json();
}

function expectedVerification(number) {
  return { verification: withApplicant(verificationAnswer(String(number))) };
}

function expectedBoard(page) {
  const nodes = Array.from({ length: PAGE_SIZE }, (_, index) =>
    withApplicant(verificationAnswer(idOnPage(page, index).slice(VERIFICATION_PREFIX.length))),
  );
  return { verifications: { nodes } };
}

function withApplicant(wire) {
  return {
    ...toVerification(wire),
    applicant: toApplicant(applicantAnswer(wire.id.slice(VERIFICATION_PREFIX.length))),
  };
}

/** Whether everything that was answered is as expected; what was not asked for is not looked at. */
function isContained(expected, actual) {
  if (Array.isArray(actual)) {
    return expected?.length === actual.length && actual.every((item, index) => isContained(expected[index], item));
  }
  if (typeof actual === 'object' && actual !== null) {
    const names = Object.keys(actual);
    return names.length > 0 && names.every((name) => isContained(expected?.[name], actual[name]));
  }
  return isDeepStrictEqual(folded(expected), folded(actual));
}

function folded(value) {
  if (typeof value !== 'string') return value;
  const word = value.toUpperCase();
  return { F: 'FEMALE', M: 'MALE' }[word] ?? word;
}

function isProxied(answer, kind) {
  return kind === 'BOARD'
    ? answer.verifications.data.length === PAGE_SIZE && answer.applicants.length === PAGE_SIZE
    : answer.applicant.applicant_id === answer.verification.applicant_id;
}
