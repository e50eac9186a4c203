import type { World } from '../createWorld';
import { type Call, type Endpoint, refuse, replyJson, replyNothing } from '../http/endpoint';
import { viewTrackingEvent } from '../views/trackingEventView';
import type { Verification } from '../world/records';
import { recordActivity } from '../world/tracking';
import { fitsName } from './applicantSearch';
import { readNewVerification } from './newVerification';
import { paginate, readList } from './paging';

const base = '/api/v3/verifications';

/** Verifications as the organisation's own server sees them. */
export function createVerificationEndpoints(world: World): Endpoint[] {
  const { store, lifecycle, views, clock, stamp, profiles } = world;

  function findVerification(call: Call): Verification {
    const verification = store.findVerification(call.parameter('verificationId'));
    if (!verification) throw refuse(404, { error: 'not_found', message: 'verification not found' });
    lifecycle.isOpen(verification);
    return verification;
  }

  function cancel(call: Call): Verification {
    const verification = findVerification(call);
    if (!lifecycle.cancel(verification)) {
      throw refuse(400, { message: `verification is ${verification.status}` });
    }
    return verification;
  }

  return [
    {
      operationId: 'createVerification',
      method: 'POST',
      path: base,
      access: 'key',
      async answer(call) {
        const details = await readNewVerification(call, world);
        return replyJson(201, views.full(world.enrolment.openVerification(details)));
      },
    },
    {
      operationId: 'listVerifications',
      method: 'GET',
      path: base,
      access: 'key',
      answer({ query }) {
        const fits = createFilter(query, lifecycle.isOpen);
        return replyJson(200, paginate(store.verifications, 'newest-first', query, views.full, fits));
      },
    },
    {
      operationId: 'getVerification',
      method: 'GET',
      path: `${base}/:verificationId`,
      access: 'key',
      answer: (call) => replyJson(200, views.full(findVerification(call))),
    },
    {
      operationId: 'getVerificationByShortId',
      method: 'GET',
      path: `${base}/short/:shortId`,
      access: 'key',
      answer(call) {
        const verification = store.findVerificationByShortId(call.parameter('shortId'));
        if (!verification) throw refuse(404);
        lifecycle.isOpen(verification);
        return replyJson(200, views.full(verification));
      },
    },
    {
      operationId: 'listVerificationsForApplicant',
      method: 'GET',
      path: `${base}/applicant/:applicantId`,
      access: 'key',
      answer(call) {
        const applicant = store.findApplicant(call.parameter('applicantId'));
        if (!applicant) throw refuse(404, { message: 'applicant not found' });
        for (const verification of applicant.verifications) lifecycle.isOpen(verification);
        return replyJson(200, paginate(applicant.verifications, 'newest-first', call.query, views.full));
      },
    },
    {
      operationId: 'proceedVerification',
      method: 'POST',
      path: `${base}/:verificationId/proceed`,
      access: 'key',
      answer(call) {
        const verification = findVerification(call);
        const refusal = lifecycle.proceed(verification);
        recordActivity(verification, {
          event: 'submit',
          userAgent: call.headers['user-agent'] ?? '',
          httpStatus: refusal ? 400 : 200,
          atMs: clock.now(),
        });
        if (!refusal) return replyNothing();
        throw refuse(400, {
          id: verification.id,
          error: refusal.error,
          message: refusal.message,
          pending_documents: refusal.pendingDocuments,
        });
      },
    },
    {
      operationId: 'cancelVerification',
      method: 'POST',
      path: `${base}/:verificationId/cancel`,
      access: 'key',
      answer: (call) => replyJson(200, { id: cancel(call).id }),
    },
    {
      operationId: 'cancelVerificationGoSdkVariant',
      method: 'GET',
      path: `${base}/:verificationId/cancel`,
      access: 'key',
      answer(call) {
        cancel(call);
        return replyNothing();
      },
    },
    {
      operationId: 'listVerificationEvents',
      method: 'GET',
      path: '/api/v4/verifications/:verificationId/events',
      access: 'key',
      answer(call) {
        const verification = findVerification(call);
        const page = paginate(verification.trackingEvents, 'newest-first', call.query, (event) =>
          viewTrackingEvent(verification, event, profiles.organizationId, stamp),
        );
        return replyJson(200, page);
      },
    },
  ];
}

/** @param refresh expires what has run out, so that the filter by status sees it */
function createFilter(query: URLSearchParams, refresh: (verification: Verification) => void) {
  const [name, country, from, to] = ['name', 'country', 'from', 'to'].map((key) => query.get(key) || null);
  const [statuses, profileIds, documentTypes] = ['status', 'profile', 'document_type'].map((key) =>
    readList(query, key),
  );
  return (verification: Verification): boolean => {
    refresh(verification);
    if (statuses && !statuses.has(verification.status)) return false;
    if (profileIds && !profileIds.has(verification.profile.id)) return false;
    if (documentTypes && !documentTypes.has(verification.identityDocumentType ?? '')) return false;
    if (country && verification.country !== country) return false;
    if (from || to) {
      const day = new Date(verification.createdAtMs).toISOString().slice(0, 10);
      if ((from && day < from.slice(0, 10)) || (to && day > to.slice(0, 10))) return false;
    }
    return !name || fitsName(verification.applicant, name);
  };
}
