import { z } from 'zod';
import { refuse } from '../http/endpoint';
import { findCountry } from '../world/countries';
import {
  type CheckStep,
  checkSteps,
  documentTypes,
  eventTypes,
  identityDocumentTypes,
  proofOfAddressTypes,
  type VerificationStatus,
} from '../world/vocabulary';

/** Request bodies of the contract. Unknown members pass: the vendor's objects are open. */

const countryCode = z.string().refine((code) => code.length === 2 && findCountry(code) !== null, 'unknown country');
const gender = z.enum(['M', 'F']);
const dateOfBirth = z.string().regex(/^\d{4}-\d{2}-\d{2}(T.*)?$/, 'must be a date');
const entityType = z.enum(['Person', 'Organization', 'Country', 'Vessel', 'Aircraft', 'CryptoWallet']);

const infoShape = {
  full_name: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  dob: dateOfBirth.nullish(),
  gender: gender.nullish(),
  citizenship: countryCode.nullish(),
  country: countryCode.nullish(),
  address: z.string().nullish(),
  custom_fields: z.record(z.string(), z.string()).nullish(),
};

export const applicantInfo = z.looseObject({
  ...infoShape,
  email: z.string().nullish(),
  phone: z.string().nullish(),
  applicant_type: entityType.nullish(),
});

export const searchOptions = z.looseObject({
  risk_scores: z.array(z.enum(['Low', 'Medium', 'High'])).nullish(),
  tags: z.array(z.string()).nullish(),
  sources: z.array(z.string()).nullish(),
  fuzziness: z.boolean().nullish(),
  fuzziness_level: z.number().min(0).max(1).nullish(),
  phonetics: z.boolean().nullish(),
  mode: z.union([z.literal(0), z.literal(1), z.literal(2)]).nullish(),
});

export const applicantCreate = z.looseObject({
  external_id: z.string().min(1).nullish(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
  info: z.looseObject(infoShape).nullish(),
  aml_screening_enabled: z.boolean().nullish(),
  applicant_type: entityType.nullish(),
  search_options: searchOptions.nullish(),
});

export const telegramLink = z.looseObject({ tg_profile: z.string().regex(/^\d+$/, 'must be a numeric id') });
export const screeningSwitch = z.looseObject({ aml_screening_enabled: z.boolean() });

const statusWithVerdict = z.enum(['in_progress', 'verified', 'failed', 'canceled', 'expired']);
const errorCodes = z.array(z.number().int().min(0)).nullish();
/** Codes per check, as in `sandbox_result` and in the control route. */
export const codesByCheck = z.looseObject({
  document_mrz: errorCodes,
  document_ocr: errorCodes,
  face_comparison: errorCodes,
  poa: errorCodes,
  liveness: errorCodes,
});

export const verificationCreate = z.looseObject({
  applicant_id: z.string().nullish(),
  profile_id: z.string().nullish(),
  applicant_country: countryCode.nullish(),
  expiration_minutes: z.number().int().min(1).max(10_080).nullish(),
  checks_required: z
    .array(z.enum([...identityDocumentTypes, ...proofOfAddressTypes, 'selfie', 'liveness_photo']))
    .nullish(),
  sandbox_result: z.looseObject({ status: statusWithVerdict.nullish(), errors: codesByCheck.nullish() }).nullish(),
  redirect_url: z.url().nullish(),
});

export const documentForm = z.object({
  document_type: z.enum(documentTypes as [string, ...string[]]),
  side: z.enum(['front', 'back']).nullable(),
  issued_country: z
    .string()
    .refine((code) => code.length === 3 && findCountry(code) !== null, 'must be alpha-3')
    .nullable(),
});

export const countryChoice = z.looseObject({ country: z.string() });
export const manualFields = z.looseObject({
  ...infoShape,
  country: z.string().nullish(),
  citizenship: z.string().nullish(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
});

const settings = z.looseObject({
  poi_required: z.boolean().optional(),
  poi_allowed_documents: z.array(z.enum(identityDocumentTypes)).optional(),
  face_comparison_required: z.boolean().optional(),
  face_comparison_allowed_documents: z.array(z.enum(['selfie', 'liveness_photo'])).optional(),
  poa_required: z.boolean().optional(),
  countries: z.array(countryCode).optional(),
  area_filter_type: z.enum(['include', 'exclude']).optional(),
});
export const profileChange = z.looseObject({
  name: z.string().min(1).optional(),
  description: z.string().optional(),
  settings: settings.optional(),
});
export const profileCreate = profileChange.extend({ name: z.string().min(1) });
export const linkWrite = z.looseObject({ expiration_in_minutes: z.number().int().min(1).max(10_080).nullish() });

export const webhookWrite = z.looseObject({
  webhook_url: z.url({ protocol: /^https?$/ }),
  event_types: z.array(z.enum(eventTypes)).min(1),
  enabled: z.boolean().nullish(),
  is_sandbox: z.boolean().nullish(),
});

/** @throws Refused with 400 and `{message}` that names the first wrong member, never its value */
export function parseInput<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refuse(400, { message: describeIssues(parsed.error)[0] ?? 'Bad request' });
}

/** One line per wrong member, without its value. */
export function describeIssues(error: z.ZodError): string[] {
  return error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
}

/** Codes per check without the checks that have none. */
export function toFixedResult(
  status: VerificationStatus,
  errors: z.output<typeof codesByCheck> | null | undefined,
): { status: VerificationStatus; errors: Partial<Record<CheckStep, number[]>> } {
  const filled = checkSteps.flatMap((step) => {
    const codes = errors?.[step];
    return codes && codes.length > 0 ? [[step, codes] as const] : [];
  });
  return { status, errors: Object.fromEntries(filled) };
}
