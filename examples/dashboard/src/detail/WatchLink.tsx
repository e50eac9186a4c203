import { useMutation } from '@apollo/client/react';
import { useId, useState } from 'react';
import { graphql } from '../generated';
import { formatClock } from '../words/times';

const CREATE_WATCH_TOKEN = graphql(`
  mutation CreateWatchToken($verificationId: ID!) {
    createWatchToken(input: { verificationId: $verificationId, expiresInMinutes: 60 }) {
      token
      expiresAt
      userErrors {
        message
      }
    }
  }
`);

interface Link {
  readonly href: string;
  readonly expiresAt: string;
  readonly isCopied: boolean;
}

/** Makes a link with which the applicant, and nobody who only knows the id, can follow the verification. */
export function WatchLink({ verificationId }: { verificationId: string }) {
  const [create, { loading, error }] = useMutation(CREATE_WATCH_TOKEN);
  const [link, setLink] = useState<Link | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const fieldId = useId();

  async function copy(): Promise<void> {
    const { data } = await create({ variables: { verificationId } });
    const { token, expiresAt, userErrors } = data?.createWatchToken ?? {};
    setRefusal(userErrors?.map(({ message }) => message).join(' ') || null);
    if (!token || !expiresAt) return;
    // In the fragment, which browsers send to nobody: no server writes it into a log.
    const href = new URL(`watch.html#token=${token}`, location.href.replace(/[?#].*/, '')).href;
    const isCopied = await navigator.clipboard.writeText(href).then(
      () => true,
      () => false,
    );
    setLink({ href, expiresAt, isCopied });
  }

  const problem = refusal ?? error?.message;
  return (
    <div className="watch-link">
      <button type="button" aria-disabled={loading} onClick={() => !loading && void copy().catch(() => {})}>
        Copy link for the applicant
      </button>
      <div role="status" aria-live="polite">
        {link && (
          <>
            <label htmlFor={fieldId}>
              {link.isCopied ? 'Copied.' : 'Copy it from here.'} It works until {formatClock(link.expiresAt)}:
            </label>
            <input id={fieldId} readOnly value={link.href} onFocus={({ target }) => target.select()} />
          </>
        )}
        {problem && <p className="problem">No link was made: {problem}</p>}
      </div>
    </div>
  );
}
