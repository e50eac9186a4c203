/**
 * What the upstream answers, in the shape and size of the simulator's answers (about 1.5 KB a verification). Every id is
 * answered, and the applicant of a verification follows from its id, so a run never asks for the same person twice unless
 * it wants to. `suffix` is the end of the id; for nginx it is the name of a variable.
 */

/** Before the suffix of every verification's id. */
export const VERIFICATION_PREFIX = '0192f1c3-55aa-7b1f-a6d2-';
/** Before the suffix of every applicant's id. */
export const APPLICANT_PREFIX = '0192f1c2-1e9d-7d3a-b8f4-';
/** Items on a page of the list, whatever is asked for. */
export const PAGE_SIZE = 50;

/** @param index of the item on its page, two digits. @returns the suffix of its id on page `page` */
export function suffixOnPage(page, index) {
  return `p${page}i${index}`;
}

const SETTINGS = {
  name: 'Standard',
  poi_required: true,
  poi_allowed_documents: ['passport', 'id_card', 'residence_permit'],
  face_comparison_required: true,
  face_comparison_allowed_documents: ['selfie', 'liveness_photo'],
  poa_required: false,
  allow_desktop: true,
  disable_cross_check_by_bio: false,
  countries: [],
  ui_settings: {},
  manual_field_settings: { enabled: false },
  finish_screen_settings: { enabled: true, settings: { title: 'Done', main_text: 'Thank you' } },
};

/** @param status in the vendor's word; default verified */
export function verificationAnswer(suffix, status = 'verified') {
  return {
    id: `${VERIFICATION_PREFIX}${suffix}`,
    organization_id: 'f6f12a22-2b7f-402b-9701-ea66e41927f6',
    account_id: null,
    account_email: null,
    applicant_id: `${APPLICANT_PREFIX}${suffix}`,
    status,
    document_type: 'passport',
    country_code: 'DE',
    is_sandbox: true,
    profile_id: 'fba39402-4618-7656-93c1-44428a11167e',
    checks: {
      document_mrz: {
        status: 'verified',
        errors: [],
        pending_documents: [],
        data: { document_type: 'P', country: 'D', name: 'ERIKA', surname: 'MUSTER', doc_number: 'C01X00T47', sex: 'F' },
      },
      face_comparison: { status: 'verified', errors: [], pending_documents: [], data: null },
    },
    created_at: '2025-03-14T09:21:40.104Z',
    updated_at: '2025-03-14T09:26:53.281Z',
    completed_at: '2025-03-14T09:26:53.281Z',
    expires_at: '2025-03-14T13:21:40.104Z',
    document_ids: [`0192f1c3-9c01-7a44-8e2b-${suffix}`, `0192f1c3-b7f8-7d19-a0c6-${suffix}`],
    documents: [
      { document_id: `0192f1c3-9c01-7a44-8e2b-${suffix}`, document_type: 'passport', content_type: 'image/jpeg' },
      { document_id: `0192f1c3-b7f8-7d19-a0c6-${suffix}`, document_type: 'selfie', content_type: 'image/jpeg' },
    ],
    settings: SETTINGS,
    verification_url: 'https://am.dataspike.io/V4C81D2E6A0F39B75',
    verification_url_id: 'V4C81D2E6A0F39B75',
  };
}

export function applicantAnswer(suffix) {
  const info = {
    full_name: 'ERIKA MUSTER',
    first_name: 'ERIKA',
    last_name: 'MUSTER',
    dob: '1974-08-12',
    gender: 'F',
    citizenship: 'DE',
    country: 'DE',
    address: 'Heidestrasse 17, Koeln',
  };
  return {
    applicant_id: `${APPLICANT_PREFIX}${suffix}`,
    external_id: `customer-${suffix}`,
    type: 'Person',
    email: 'erika.muster@example.com',
    phone: '+4922100000',
    system_info: info,
    provided_info: info,
    last_verification_id: `${VERIFICATION_PREFIX}${suffix}`,
    verification_status: 'passed',
    aml_screening_enabled: false,
    last_aml_screening_id: null,
    last_screened_at: null,
    tg_profile: null,
  };
}

/** The paths beside those: what the gateway asks at its start. */
export const EMPTY_ANSWERS = {
  '/api/v3/organization/webhooks': { webhooks: [] },
  '/api/v3/notifications/webhook/history': { data: [], has_next: false },
};
