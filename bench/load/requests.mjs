import { APPLICANT_PREFIX, suffixOnPage, VERIFICATION_PREFIX } from '../upstream/answers.mjs';
import { getBytes, postBytes } from './httpConnection.mjs';

/**
 * Makes the requests of a run. What differs from one to the next is a number: the suffix of the verification's id, or the
 * page of the list.
 * @param target `kind` VERIFICATION or LIST; `document` to POST to `path`, or none to GET `path` with the number in it;
 *   `variables` as JSON and `path` hold `{id}`, `{page}` and `{cursor}` where those belong
 * @param cursorStart what stands before the position in a cursor of the list
 * @param ids stand for the numbers where the upstream has ids of its own
 * @returns number → bytes
 */
export function createRequests({ document, variables, path, headers = {}, cursorStart = '', ids }) {
  const fill = (text, number) =>
    text
      .replace('{id}', ids ? ids[number % ids.length] : `${VERIFICATION_PREFIX}${number}`)
      .replace('{applicantId}', `${APPLICANT_PREFIX}${number}`)
      .replace('{page}', String(number))
      .replace('{cursor}', () => cursorBefore(cursorStart, number));
  if (document === undefined) return (number) => getBytes(fill(path, number), headers);
  const start = `{"query":${JSON.stringify(document)},"variables":`;
  return (number) => postBytes(path, headers, `${start}${fill(variables, number)}}`);
}

/** The cursor of the last item before a page of 50; every server of the benchmark that has cursors writes them so. */
function cursorBefore(cursorStart, page) {
  return Buffer.from(`${cursorStart}:${page * 50 - 1}`).toString('base64url');
}

/** The id that the item of a page has. */
export function idOnPage(page, index) {
  return `${VERIFICATION_PREFIX}${suffixOnPage(page, String(index).padStart(2, '0'))}`;
}
