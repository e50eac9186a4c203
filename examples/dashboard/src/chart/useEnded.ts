import { useEffect, useReducer } from 'react';
import { graphql } from '../generated';
import type { VerificationStatus } from '../generated/graphql';
import { useConnection, useLive } from '../live/LiveContext';
import { type Ended, OUTCOMES, type Period, startOf, toOutcome } from './countOutcomes';

const OUTCOMES_PAGE = graphql(`
  query OutcomesPage($filter: VerificationFilter!, $after: String) {
    verifications(first: 100, after: $after, filter: $filter) {
      nodes {
        id
        status
        createdAt
        completedAt
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

/** Pages of 100; Dataspike counts nothing for us, so every one that ended is read. */
const MAX_PAGES = 5;

export interface EndedVerifications {
  readonly byId: ReadonlyMap<string, Ended>;
  /** There are more than were read. */
  readonly isCut: boolean;
  readonly isLoaded: boolean;
}

type Event = { readonly type: 'ended'; readonly ended: readonly Ended[] } | { readonly type: 'loaded'; isCut: boolean };

const NOTHING: EndedVerifications = { byId: new Map(), isCut: false, isLoaded: false };

/** What has ended in the period: read once, then kept by updates. */
export function useEnded(period: Period): EndedVerifications {
  const { apollo, updates } = useLive();
  const connection = useConnection();
  const [known, dispatch] = useReducer(reduce, NOTHING);
  const isConnected = connection.phase === 'live';

  useEffect(
    () =>
      updates.listen(({ occurredAt, verification }) => {
        const ended = toEnded(verification, occurredAt);
        if (ended) dispatch({ type: 'ended', ended: [ended] });
      }),
    [updates],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: once more when the connection is back
  useEffect(() => {
    let isWanted = true;
    const createdFrom = new Date(startOf(Date.now(), period.bucketMs, period.buckets)).toISOString().slice(0, 10);
    const filter = { statuses: [...OUTCOMES], createdFrom };

    async function load(): Promise<void> {
      let after: string | null = null;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const variables: { filter: typeof filter; after: string | null } = { filter, after };
        const { data } = await apollo.query({ query: OUTCOMES_PAGE, variables, fetchPolicy: 'no-cache' });
        if (!isWanted || !data) return;
        const { nodes, pageInfo } = data.verifications;
        dispatch({ type: 'ended', ended: nodes.flatMap((node) => toEnded(node, node.createdAt) ?? []) });
        after = pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;
        if (after === null) break;
      }
      dispatch({ type: 'loaded', isCut: after !== null });
    }

    // The list says what is wrong; the chart shows what it has.
    load().catch(() => {});
    return () => {
      isWanted = false;
    };
  }, [apollo, period, isConnected]);

  return known;
}

/** @param otherwise when it ended, as far as that is known: Dataspike tells the time of the checks only */
function toEnded(
  { id, status, completedAt }: { id: string; status: VerificationStatus; completedAt?: string | null },
  otherwise: string | null | undefined,
): Ended | null {
  const outcome = toOutcome(status);
  const moment = completedAt ?? otherwise;
  return outcome && moment ? { id, outcome, endedAtMs: Date.parse(moment) } : null;
}

function reduce(known: EndedVerifications, event: Event): EndedVerifications {
  if (event.type === 'loaded') return { ...known, isLoaded: true, isCut: event.isCut };
  const byId = new Map(known.byId);
  // What has ended does not end again: the first time stays, and with it what an update said.
  for (const ended of event.ended) if (!byId.has(ended.id)) byId.set(ended.id, ended);
  return { ...known, byId };
}
