import type { CheckError, CheckErrorCategory } from './checkError';
import { readInteger, readText, requireRecord, wrongShape } from './wire';

/**
 * One error of a check or of an upload.
 * @throws {UpstreamUnavailable} when it is no object or has no code
 */
export function parseCheckError(json: unknown): CheckError {
  const wire = requireRecord(json);
  const code = readInteger(wire.code);
  if (code === null) throw wrongShape();
  return { code, message: readText(wire.message) ?? '', category: categoryOf(code) };
}

/** First and last code of each range, guide section 4. */
const RANGES: readonly (readonly [first: number, last: number, category: CheckErrorCategory])[] = [
  [500, 501, 'TAMPERING'],
  [1000, 1099, 'OCR'],
  [1100, 1999, 'DATA'],
  [2000, 2999, 'MRZ'],
  [3000, 3299, 'VALIDITY'],
  [4000, 4499, 'FACE'],
  [4500, 4999, 'ADDRESS'],
  [5000, 5499, 'LIVENESS'],
  [6000, 6499, 'AML'],
  [7000, 7099, 'DUPLICATE'],
  [8000, 8099, 'FLOW'],
  [9000, 9099, 'DEPENDENCY'],
  [9500, 9799, 'KYB'],
  [10_000, 10_000, 'DEVICE'],
  [11_000, 11_099, 'DEVICE'],
];

function categoryOf(code: number): CheckErrorCategory {
  return RANGES.find(([first, last]) => code >= first && code <= last)?.[2] ?? 'UNKNOWN';
}
