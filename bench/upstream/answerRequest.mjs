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

const VERIFICATIONS = '/api/v3/verifications';
const APPLICANTS = '/api/v3/applicants';

/** The same answers as nginx gives. @param url path and query @returns null for what there is not */
export function answerRequest(url) {
  const { pathname, searchParams } = new URL(url, 'http://upstream');
  if (pathname === VERIFICATIONS) return page(searchParams.get('page') ?? '0');
  if (pathname in EMPTY_ANSWERS) return EMPTY_ANSWERS[pathname];
  const verification = suffixOf(pathname, `${VERIFICATIONS}/${VERIFICATION_PREFIX}`);
  if (verification) {
    return verificationAnswer(verification, verification.startsWith(WATCHED_SUFFIX_START) ? 'initial' : 'verified');
  }
  const applicant = suffixOf(pathname, `${APPLICANTS}/${APPLICANT_PREFIX}`);
  return applicant ? applicantAnswer(applicant) : null;
}

function page(number) {
  const data = Array.from({ length: PAGE_SIZE }, (_, index) =>
    verificationAnswer(suffixOnPage(number, String(index).padStart(2, '0'))),
  );
  return { data, has_next: true };
}

function suffixOf(pathname, start) {
  const suffix = pathname.startsWith(start) ? pathname.slice(start.length) : '';
  return /^\w+$/.test(suffix) ? suffix : null;
}
