import type { World } from '../createWorld';
import { type Call, type Endpoint, refuse, replyJson } from '../http/endpoint';
import { viewLink } from '../views/profileView';
import { clientStatusOf } from '../views/verificationView';
import { acceptsCountry } from '../world/checks';
import { countries, findCountry } from '../world/countries';
import { mergeInfo } from '../world/info';
import type { Verification } from '../world/records';
import { recordActivity, type TrackedCall } from '../world/tracking';
import { countryChoice, manualFields, parseInput } from './input';
import { refuseUpload, type Uploads } from './uploads';

const kybTypes: Readonly<Record<string, string>> = {
  certificate_of_incorporation: 'kyb_certificate_of_incorporation',
  ownership_document: 'kyb_ownership_document',
};

/** What the widget and the mobile SDKs call, addressed by the short id and without a key. */
export function createClientEndpoints(world: World, uploads: Uploads): Endpoint[] {
  const { store, lifecycle, views, clock, stamp } = world;

  /** @param body of the refusal when the short id is unknown; only the view has a 404 */
  function findVerification(call: Call, status = 400): Verification {
    const verification = store.findVerificationByShortId(call.parameter('shortId'));
    if (!verification) {
      throw refuse(status, { error: 'not_found', message: 'not found', details: 'verification not found' });
    }
    lifecycle.isOpen(verification);
    return verification;
  }

  function track(call: Call, verification: Verification, details: Omit<TrackedCall, 'userAgent' | 'atMs'>): void {
    recordActivity(verification, { ...details, userAgent: call.headers['user-agent'] ?? '', atMs: clock.now() });
  }

  function refuseInactive(verification: Verification): void {
    if (clientStatusOf(verification) === 'active') return;
    const details = `verification is ${clientStatusOf(verification)}`;
    throw refuse(400, { error: 'not_active', message: details, details });
  }

  return [
    {
      operationId: 'sdkGetVerification',
      method: 'GET',
      path: '/api/v3/sdk/:shortId',
      access: 'open',
      answer(call) {
        const verification = findVerification(call, 404);
        track(call, verification, { event: 'open', httpStatus: 200 });
        return replyJson(200, views.client(verification));
      },
    },
    {
      operationId: 'sdkUploadDocument',
      method: 'POST',
      path: '/api/v3/upload/sdk/:shortId',
      access: 'open',
      async answer(call) {
        const verification = findVerification(call);
        const form = await uploads.readForm(call);
        const refusal = uploads.refusalOf(verification);
        if (refusal) {
          track(call, verification, { event: 'upload_file', httpStatus: 400, errorCodes: [refusal.code] });
          throw refuseUpload(refusal.message, [refusal]);
        }
        const { document, answer } = uploads.store(verification.applicant, form);
        lifecycle.takeDocument(verification, document);
        const errorCodes = document.isUsable ? [] : [1001];
        track(call, verification, { event: 'upload_file', httpStatus: 200, errorCodes, referenceId: document.id });
        return replyJson(200, answer);
      },
    },
    {
      operationId: 'sdkSetCountry',
      method: 'POST',
      path: '/api/v3/sdk/:shortId/set_country',
      access: 'open',
      async answer(call) {
        const verification = findVerification(call);
        const { country: code } = parseInput(countryChoice, await call.readJson());
        refuseInactive(verification);
        const country = findCountry(code);
        if (!country || !acceptsCountry(verification.settings, country.alpha_2)) {
          track(call, verification, { event: 'set_country', httpStatus: 400 });
          throw refuse(400, { error: 'country_not_accepted', details: 'country is unknown or not accepted' });
        }
        verification.country = country.alpha_2;
        track(call, verification, { event: 'set_country', httpStatus: 200 });
        return replyJson(200, {});
      },
    },
    {
      operationId: 'sdkSetFields',
      method: 'POST',
      path: '/api/v3/sdk/:shortId/fields',
      access: 'open',
      async answer(call) {
        const verification = findVerification(call);
        const fields = parseInput(manualFields, await call.readJson());
        refuseInactive(verification);
        verification.manualFields = mergeInfo(verification.manualFields ?? {}, fields);
        const { email, phone, ...info } = fields;
        const { applicant } = verification;
        applicant.providedInfo = mergeInfo(applicant.providedInfo, info);
        applicant.email ??= email ?? null;
        applicant.phone ??= phone ?? null;
        track(call, verification, { event: 'set_custom_fields', httpStatus: 200 });
        return replyJson(200, { message: 'ok' });
      },
    },
    {
      operationId: 'sdkUploadManualFile',
      method: 'POST',
      path: '/api/v3/sdk/:shortId/upload',
      access: 'open',
      async answer(call) {
        const verification = findVerification(call);
        const form = await call.readForm();
        const type = form.text('type');
        if (!form.file || !type) throw refuse(400, { message: 'file and type are needed' });
        refuseInactive(verification);
        const storedType = kybTypes[type] ?? 'other';
        const { document } = uploads.store(verification.applicant, {
          bytes: form.file.bytes,
          contentType: form.file.contentType,
          fileName: form.file.name,
          detected: { storedType, type: storedType, side: null, isTwoSided: false },
          issuedCountry: null,
        });
        track(call, verification, { event: 'upload_custom_file', httpStatus: 200, referenceId: document.id });
        return replyJson(200, {});
      },
    },
    {
      operationId: 'sdkProceedVerification',
      method: 'POST',
      path: '/api/v3/sdk/:shortId/proceed',
      access: 'open',
      answer(call) {
        const verification = findVerification(call);
        const refusal = lifecycle.proceed(verification);
        track(call, verification, { event: 'submit', httpStatus: refusal ? 400 : 200 });
        if (!refusal) return replyJson(200, views.client(verification));
        throw refuse(400, {
          id: verification.shortId,
          error: refusal.error,
          message: refusal.message,
          pending_documents: refusal.pendingDocuments,
        });
      },
    },
    {
      operationId: 'sdkGetLink',
      method: 'GET',
      path: '/api/v3/sdk/link/:linkId',
      access: 'open',
      answer(call) {
        const link = store.findLink(call.parameter('linkId'));
        if (!link || link.archivedAtMs !== null) throw refuse(404);
        return replyJson(200, { profile_id: link.profile.id, ...viewLink(link, stamp) });
      },
    },
    {
      operationId: 'listCountries',
      method: 'GET',
      path: '/api/v3/public/dictionary/countries',
      access: 'open',
      answer: () => replyJson(200, countries),
    },
  ];
}
