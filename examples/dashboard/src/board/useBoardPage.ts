import { useQuery } from '@apollo/client/react';
import { useEffect, useMemo, useState } from 'react';
import { graphql } from '../generated';
import { useConnection, useLive } from '../live/LiveContext';
import { type BoardFilter, toVariables } from './filter';
import { placeUpdate } from './placeUpdate';
import type { VerificationRow } from './verificationRow';

const BOARD_PAGE = graphql(`
  query BoardPage($first: Int!, $after: String, $filter: VerificationFilter) {
    eventCursor
    verifications(first: $first, after: $after, filter: $filter) {
      nodes {
        ...VerificationRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const PAGE_SIZE = 20;
/** Before a page that rows have left is filled up. */
const FILL_UP_AFTER_MS = 1_000;

export interface LoadedPage {
  /** Null before the first answer. */
  readonly rows: readonly VerificationRow[] | null;
  /** For the page behind this one; null on the last. */
  readonly nextCursor: string | null;
  readonly isLoading: boolean;
  /** For the person; null when all is well. */
  readonly problem: string | null;
  /** Where the stream stood before anything was shown; null until known. */
  readonly startCursor: string | null;
  /** Asks again. With a new start, the stream is followed from where it stands now. */
  reload(options?: { withNewStart: boolean }): void;
}

/** One page of the list, kept right by updates. @param after null for the first page */
export function useBoardPage(filter: BoardFilter, after: string | null): LoadedPage {
  const { apollo, updates } = useLive();
  const connection = useConnection();
  const [startCursor, setStartCursor] = useState<string | null>(null);
  const variables = useMemo(() => ({ first: PAGE_SIZE, after, filter: toVariables(filter) }), [filter, after]);
  const { data, previousData, error, loading, refetch } = useQuery(BOARD_PAGE, {
    variables,
    // What was shown before is shown at once, and asked for again: updates place nothing into pages that nobody sees.
    fetchPolicy: 'cache-and-network',
    notifyOnNetworkStatusChange: true,
  });

  function reload({ withNewStart } = { withNewStart: false }): void {
    refetch().then(
      ({ data: answer }) => {
        if (answer && (withNewStart || startCursor === null)) setStartCursor(answer.eventCursor);
      },
      // It is in `error`.
      () => {},
    );
  }

  useEffect(() => {
    if (data) setStartCursor((known) => known ?? data.eventCursor);
  }, [data]);

  useEffect(
    () =>
      updates.listen(({ verification }) => {
        apollo.cache.updateQuery({ query: BOARD_PAGE, variables }, (page) => {
          if (!page) return undefined;
          const { nodes } = page.verifications;
          const rows = placeUpdate({ rows: nodes, pageSize: PAGE_SIZE, isFirst: after === null, filter }, verification);
          return { ...page, verifications: { ...page.verifications, nodes: [...rows] } };
        });
      }),
    [apollo, updates, variables, after, filter],
  );

  const hasMissedChanges = connection.phase === 'live' && connection.caughtUp?.resynced === true;
  const isBack = connection.phase === 'live';
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the moment counts at which the connection is back
  useEffect(() => {
    if (hasMissedChanges || (isBack && error)) reload();
  }, [hasMissedChanges, isBack]);

  const shown = data ?? previousData;
  const nextCursor = shown?.verifications.pageInfo.hasNextPage
    ? (shown.verifications.pageInfo.endCursor ?? null)
    : null;
  const hasRoom = data !== undefined && data.verifications.nodes.length < PAGE_SIZE && nextCursor !== null && !error;
  useEffect(() => {
    if (!hasRoom) return;
    const timer = setTimeout(() => void refetch().catch(() => {}), FILL_UP_AFTER_MS);
    return () => clearTimeout(timer);
  }, [hasRoom, refetch]);

  return {
    rows: shown?.verifications.nodes ?? null,
    nextCursor,
    isLoading: loading,
    problem: error?.message ?? null,
    startCursor,
    reload,
  };
}
