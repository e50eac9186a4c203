import { useEffect } from 'react';
import type { CaughtUp } from '../live/connectionState';
import { useConnection, useLive } from '../live/LiveContext';
import { formatClock } from '../words/times';

/** How long the good news stays. */
const SHOWN_MS = 30_000;

/** Says that the connection is lost, and, when it is back, what was caught up on. */
export function ConnectionBanner({ onSignOut }: { onSignOut?: () => void }) {
  const { connection } = useLive();
  const state = useConnection();
  const news = state.phase === 'live' ? state.caughtUp : null;

  useEffect(() => {
    if (!news) return;
    const timer = setTimeout(() => connection.dispatch({ type: 'noticed' }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [connection, news]);

  return (
    // Always there: a live region that appears together with its text is not read out by all screen readers.
    <div className="banner-place" role="status" aria-live="polite">
      {state.phase === 'lost' && (
        <p className="banner lost">
          <strong>Connection lost.</strong> What you see is as of {formatClock(state.sinceMs)}. Trying again…
        </p>
      )}
      {state.phase === 'catchingUp' && (
        <p className="banner">
          <strong>Connected again.</strong> Catching up…
        </p>
      )}
      {news && (
        <p className="banner back">
          <span>
            <strong>Connected again.</strong> {describe(news)}
          </span>
          <button type="button" className="quiet" onClick={() => connection.dispatch({ type: 'noticed' })}>
            Dismiss
          </button>
        </p>
      )}
      {state.phase === 'refused' && (
        <p className="banner lost">
          <span>
            <strong>No access.</strong> The token is wrong or has ended.
          </span>
          {onSignOut && (
            <button type="button" onClick={onSignOut}>
              Use another token
            </button>
          )}
        </p>
      )}
    </div>
  );
}

function describe({ updates, resynced }: CaughtUp): string {
  const count = updates === 1 ? '1 update' : `${updates} updates`;
  if (resynced)
    return `The changes in between are gone at the gateway; everything is shown as it stands now (${count}).`;
  return updates === 0 ? 'Nothing was missed.' : `Caught up on ${count}, none was missed.`;
}
