import { useEffect, useState } from 'react';
import type { VerificationStatus } from '../generated/graphql';
import { useLive } from '../live/LiveContext';
import { STATUS_WORDS } from '../words/statusWords';

/** A screen reader hears a summary at most this often: every update would drown everything else. */
const EVERY_MS = 6_000;

export function Announcer() {
  const { updates } = useLive();
  const [text, setText] = useState('');

  useEffect(() => {
    let waiting: VerificationStatus[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = updates.listen(({ verification }, isRepeated) => {
      if (isRepeated) return;
      waiting.push(verification.status);
      timer ??= setTimeout(() => {
        setText(summarise(waiting));
        waiting = [];
        timer = undefined;
      }, EVERY_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [updates]);

  return (
    <p className="hidden" role="status" aria-live="polite" data-testid="announcer">
      {text}
    </p>
  );
}

/** 3 updates: 2 Verified, 1 Failed. */
function summarise(statuses: readonly VerificationStatus[]): string {
  const counts = new Map<VerificationStatus, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${count} ${STATUS_WORDS[status]}`);
  return `${statuses.length === 1 ? '1 update' : `${statuses.length} updates`}: ${parts.join(', ')}.`;
}
