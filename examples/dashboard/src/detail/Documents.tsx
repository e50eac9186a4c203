import { toDocumentWords } from '../words/statusWords';
import type { VerificationDetail } from './DetailPanel';

/** The files. Whoever has no right to personal data sees which there are, but no links. */
export function Documents({ documents }: { documents: VerificationDetail['documents'] }) {
  return (
    <section aria-labelledby="documents-heading">
      <h3 id="documents-heading">Documents</h3>
      {documents.length === 0 && <p>None yet.</p>}
      <ul>
        {documents.map(({ id, type, rawType, contentType, contentUrl }) => {
          const name = type === 'UNKNOWN' ? rawType : toDocumentWords(type);
          return (
            <li key={id}>
              {contentUrl ? (
                <a href={contentUrl} target="_blank" rel="noreferrer">
                  {name}
                </a>
              ) : (
                name
              )}
              {contentType && <span className="code"> {contentType}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
