import { CATEGORY_WORDS, CHECK_STATUS_WORDS, STEP_WORDS, toDocumentWords, toWords } from '../words/statusWords';
import type { VerificationDetail } from './DetailPanel';

/** What was looked at, and in words why it did not pass. */
export function Checks({ checks }: { checks: VerificationDetail['checks'] }) {
  return (
    <section aria-labelledby="checks-heading">
      <h3 id="checks-heading">Checks</h3>
      {checks.length === 0 && <p>None yet.</p>}
      <ul className="checks">
        {checks.map(({ step, rawStep, status, errors, pendingDocuments }) => (
          <li key={rawStep}>
            <span className={`check ${status.toLowerCase()}`}>
              {step === 'UNKNOWN' ? toWords(rawStep) : STEP_WORDS[step]}
              <strong>{CHECK_STATUS_WORDS[status]}</strong>
            </span>
            {pendingDocuments.length > 0 && (
              <p>Missing: {pendingDocuments.map((type) => toDocumentWords(type).toLowerCase()).join(', ')}</p>
            )}
            {errors.map(({ category, code, message }) => (
              <p key={code} className="error">
                {CATEGORY_WORDS[category]}: {message} <span className="code">({code})</span>
              </p>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
