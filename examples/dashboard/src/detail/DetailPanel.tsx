import { useQuery } from '@apollo/client/react';
import { useEffect, useRef } from 'react';
import { StatusBadge } from '../board/StatusBadge';
import { graphql } from '../generated';
import type { VerificationDetailQuery } from '../generated/graphql';
import { useLive } from '../live/LiveContext';
import { toDocumentWords } from '../words/statusWords';
import { formatMoment } from '../words/times';
import { Checks } from './Checks';
import { Documents } from './Documents';
import { Timeline } from './Timeline';
import { WatchLink } from './WatchLink';

const VERIFICATION_DETAIL = graphql(`
  query VerificationDetail($id: ID!) {
    verification(id: $id) {
      ...VerificationRow
      expiresAt
      profile {
        id
        name
      }
      applicant {
        id
        externalId
        type
      }
      session {
        url
        expiresAt
        pendingDocuments
      }
      checks {
        step
        rawStep
        status
        pendingDocuments
        errors {
          category
          code
          message
        }
      }
      documents {
        id
        type
        rawType
        contentType
        contentUrl
      }
      activity(first: 50) {
        nodes {
          event
          occurredAt
          deviceType
          browser
        }
      }
    }
  }
`);

export type VerificationDetail = NonNullable<VerificationDetailQuery['verification']>;

/** One verification beside the list. It takes the focus when it opens; Escape closes it. */
export function DetailPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { updates } = useLive();
  const heading = useRef<HTMLHeadingElement>(null);
  // A part that fails is missing; the others are shown.
  const { data, error, loading, refetch } = useQuery(VERIFICATION_DETAIL, {
    variables: { id },
    fetchPolicy: 'cache-and-network',
    errorPolicy: 'all',
  });

  useEffect(() => heading.current?.focus(), []);
  useEffect(
    () =>
      updates.listen(({ verification }, isRepeated) => {
        // Documents, session and activity follow the status, and no update brings them.
        if (verification.id === id && !isRepeated) void refetch().catch(() => {});
      }),
    [updates, id, refetch],
  );

  const verification = data?.verification;
  return (
    <aside
      className="panel card"
      aria-labelledby="panel-heading"
      aria-busy={loading}
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
    >
      <div className="panel-head">
        <h2 id="panel-heading" ref={heading} tabIndex={-1}>
          {verification?.shortId ?? 'Verification'}
        </h2>
        {verification && <StatusBadge status={verification.status} />}
        <button type="button" className="quiet" onClick={onClose}>
          Close
        </button>
      </div>
      {error && (
        <p className="problem" role="alert">
          {verification ? 'A part of it could not be loaded' : 'It could not be loaded'}: {error.message}
        </p>
      )}
      {verification && <Parts verification={verification} />}
      {!verification && loading && <p>Loading…</p>}
      {!verification && !loading && !error && <p>There is no such verification any more.</p>}
    </aside>
  );
}

function Parts({ verification }: { verification: VerificationDetail }) {
  const { id, session, applicant, profile, createdAt, completedAt, expiresAt, documentType, country } = verification;
  const facts: readonly [string, string | null | undefined][] = [
    ['Id', id],
    ['Applicant', applicant?.externalId ?? applicant?.id],
    ['Profile', profile?.name],
    ['Document', documentType && toDocumentWords(documentType)],
    ['Country', country],
    ['Created', createdAt && formatMoment(createdAt)],
    ['Completed', completedAt && formatMoment(completedAt)],
    ['Expires', session && expiresAt ? formatMoment(expiresAt) : null],
  ];
  return (
    <>
      <dl className="facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      <section aria-labelledby="session-heading">
        <h3 id="session-heading">Session</h3>
        {session ? (
          <p>
            <a href={session.url} target="_blank" rel="noreferrer">
              Hosted page of the applicant
            </a>
            {session.pendingDocuments.length > 0 && (
              <>, waits for {session.pendingDocuments.map((type) => toDocumentWords(type).toLowerCase()).join(', ')}</>
            )}
          </p>
        ) : (
          <p>It cannot be continued any more.</p>
        )}
        <WatchLink verificationId={id} />
      </section>
      <Checks checks={verification.checks} />
      <Documents documents={verification.documents} />
      <Timeline verification={verification} />
    </>
  );
}
