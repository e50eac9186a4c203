import type { World } from '../createWorld';
import { type Call, type Endpoint, refuse, replyJson, replyNothing } from '../http/endpoint';
import { viewApplicant } from '../views/applicantView';
import { mergeInfo } from '../world/info';
import type { Applicant, Info } from '../world/records';
import { fitsCountry, fitsName } from './applicantSearch';
import { applicantCreate, applicantInfo, parseInput, screeningSwitch, searchOptions, telegramLink } from './input';
import { paginate } from './paging';

const base = '/api/v3/applicants';

/** Applicants: creation, reading, and the small changes. */
export function createApplicantEndpoints({ store, enrolment, stamp }: World): Endpoint[] {
  const view = (applicant: Applicant): Info => viewApplicant(applicant, stamp);

  function findApplicant(call: Call): Applicant {
    const applicant = store.findApplicant(call.parameter('applicantId'));
    if (!applicant) throw refuse(404, { message: 'applicant not found' });
    return applicant;
  }

  return [
    {
      operationId: 'createApplicant',
      method: 'POST',
      path: base,
      access: 'key',
      async answer(call) {
        const input = parseInput(applicantCreate, await call.readJson());
        const applicant = enrolment.enrolApplicant({
          externalId: input.external_id,
          type: input.applicant_type ?? undefined,
          email: input.email,
          phone: input.phone,
          info: mergeInfo({}, input.info ?? {}),
          amlScreeningEnabled: input.aml_screening_enabled ?? false,
          searchOptions: input.search_options,
        });
        return replyJson(201, { id: applicant.id });
      },
    },
    {
      operationId: 'listApplicants',
      method: 'GET',
      path: base,
      access: 'key',
      answer({ query }) {
        const [name, country, dob, type] = ['name', 'country', 'dob', 'type'].map((key) => query.get(key) || null);
        const fits = (applicant: Applicant) =>
          (!type || applicant.type === type) &&
          (!country || fitsCountry(applicant, country)) &&
          (!dob || [applicant.providedInfo, applicant.systemInfo].some((info) => fitsDate(info, dob))) &&
          (!name || fitsName(applicant, name));
        return replyJson(200, paginate(store.applicants, 'newest-first', query, view, fits));
      },
    },
    {
      operationId: 'getApplicant',
      method: 'GET',
      path: `${base}/:applicantId`,
      access: 'key',
      answer: (call) => replyJson(200, view(findApplicant(call))),
    },
    {
      operationId: 'updateApplicantInfo',
      method: 'POST',
      path: `${base}/:applicantId`,
      access: 'key',
      async answer(call) {
        const applicant = findApplicant(call);
        const { email, phone, applicant_type, ...info } = parseInput(applicantInfo, await call.readJson());
        // Merging or replacing is not documented; merging loses nothing.
        applicant.providedInfo = mergeInfo(applicant.providedInfo, info);
        if (email !== undefined) applicant.email = email;
        if (phone !== undefined) applicant.phone = phone;
        applicant.type = applicant_type ?? applicant.type;
        return replyNothing();
      },
    },
    {
      operationId: 'deleteApplicant',
      method: 'DELETE',
      path: `${base}/:applicantId`,
      access: 'key',
      answer(call) {
        // Not documented: the documents go with the applicant, the verifications stay readable.
        store.removeApplicant(findApplicant(call));
        return replyJson(200, 'ok');
      },
    },
    {
      operationId: 'getApplicantByExternalId',
      method: 'GET',
      path: `${base}/by_external_id/:externalId`,
      access: 'key',
      answer(call) {
        const applicant = store.findApplicantByExternalId(call.parameter('externalId'));
        if (!applicant) throw refuse(404);
        return replyJson(200, view(applicant));
      },
    },
    {
      operationId: 'linkApplicantTelegram',
      method: 'POST',
      path: `${base}/:applicantId/link/tg`,
      access: 'key',
      async answer(call) {
        const applicant = findApplicant(call);
        applicant.telegramProfile = parseInput(telegramLink, await call.readJson()).tg_profile;
        return replyJson(200, {});
      },
    },
    {
      operationId: 'changeApplicantSearchOptions',
      method: 'POST',
      path: `${base}/:applicantId/search-options`,
      access: 'key',
      async answer(call) {
        const applicant = findApplicant(call);
        const change = parseInput(searchOptions, await call.readJson());
        applicant.searchOptions = mergeInfo(applicant.searchOptions ?? {}, change);
        return replyNothing();
      },
    },
    {
      operationId: 'changeApplicantAmlScreening',
      method: 'POST',
      path: `${base}/:applicantId/screening`,
      access: 'key',
      async answer(call) {
        const applicant = findApplicant(call);
        applicant.amlScreeningEnabled = parseInput(screeningSwitch, await call.readJson()).aml_screening_enabled;
        return replyJson(200, {});
      },
    },
  ];
}

/** Dates of birth come as dates and as timestamps. */
function fitsDate(info: Info, date: string): boolean {
  return typeof info.dob === 'string' && info.dob.slice(0, 10) === date.slice(0, 10);
}
