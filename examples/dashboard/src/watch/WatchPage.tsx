import { useEffect } from 'react';
import { ConnectionBanner } from '../board/ConnectionBanner';
import { ConnectionMark } from '../board/ConnectionMark';
import type { VerificationStatus } from '../generated/graphql';
import { followUpdates } from '../live/followUpdates';
import { useConnection, useLive, useRecentUpdates } from '../live/LiveContext';
import { formatClock } from '../words/times';

/** What the status means for the applicant, and what to do. */
const NEWS: Readonly<Record<VerificationStatus, readonly [title: string, text: string]>> = {
  INITIAL: ['Waiting for you', 'Nothing was uploaded yet. Go on where you were asked for your documents.'],
  PENDING: ['Waiting for you', 'Some documents have arrived, some are still missing.'],
  IN_PROGRESS: [
    'We are checking',
    'Your documents have arrived. This page changes by itself when the result is there.',
  ],
  VERIFIED: ['You are verified', 'Everything is in order. You can close this page.'],
  FAILED: ['It did not work', 'At least one check did not pass. Whoever sent you here will tell you how to go on.'],
  EXPIRED: ['Too late', 'The time for uploading is over. Ask for a new verification.'],
  CANCELED: ['Canceled', 'This verification was canceled. There is nothing left to do.'],
  UNKNOWN: ['Under way', 'This page changes by itself.'],
};

const STEPS: readonly (readonly [name: string, statuses: readonly VerificationStatus[]])[] = [
  ['Documents', ['INITIAL', 'PENDING']],
  ['Checks', ['IN_PROGRESS']],
  ['Result', ['VERIFIED', 'FAILED', 'EXPIRED', 'CANCELED']],
];

/** One verification, followed with a watch token alone. */
export function WatchPage({ verificationId }: { verificationId: string }) {
  const { apollo, updates } = useLive();
  const { phase } = useConnection();
  const update = useRecentUpdates().at(-1);

  useEffect(
    // Without a cursor it begins with where the verification stands; after a lost connection it goes on from there.
    () => followUpdates({ apollo, updates, variables: { verificationId }, onCursorInvalid: () => location.reload() }),
    [apollo, updates, verificationId],
  );

  const status = update?.verification.status;
  const [title, text] = status ? NEWS[status] : ['One moment', 'We are asking where your verification stands.'];
  const current = STEPS.findIndex(([, statuses]) => status && statuses.includes(status));
  return (
    <>
      <ConnectionBanner />
      <main className="watch card">
        <header>
          <img src="./icon.svg" alt="" width="28" height="28" />
          <h1>Your verification</h1>
          <ConnectionMark />
        </header>
        {phase === 'refused' ? (
          <p>This link has ended. Ask for a new one.</p>
        ) : (
          <>
            <ol className="steps">
              {STEPS.map(([name], index) => (
                <li
                  key={name}
                  className={index < current ? 'done' : undefined}
                  aria-current={index === current ? 'step' : undefined}
                >
                  {name}
                </li>
              ))}
            </ol>
            <div role="status" aria-live="polite" className={`news ${status?.toLowerCase() ?? ''}`}>
              <h2>{title}</h2>
              <p>{text}</p>
            </div>
            {update && <p className="code">As of {formatClock(update.occurredAt)}</p>}
          </>
        )}
      </main>
    </>
  );
}
