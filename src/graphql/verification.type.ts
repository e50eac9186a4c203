import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { CheckErrorCategory, type CheckError as CheckErrorFacts } from '../dataspike/checkError';
import { DocumentType } from '../dataspike/document';
import * as dataspike from '../dataspike/verification';
import { CheckStatus, CheckStep, VerificationStatus } from '../dataspike/verification';
import { connectionType } from './connection';
import { Document, IdentityDocument } from './document.type';
import { Harmless, PersonalData } from './personalData';
import { CountryCodeScalar, DateScalar, DateTimeScalar, JsonScalar, UrlScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'Why a check did not pass.' })
export class CheckError implements CheckErrorFacts {
  @Field(() => Int, { description: "Dataspike's number for the reason; `category` tells what its range is about." })
  code!: number;

  @Field(() => String, { description: "Dataspike's words, for a person; not made for programs." })
  message!: string;

  @Field(() => CheckErrorCategory, { description: 'What it is about, from the range of the code.' })
  category!: CheckErrorCategory;
}

@ObjectType({ simpleResolvers: true, description: 'One of the things that a verification looks at.' })
export class Check implements dataspike.Check {
  @Harmless()
  @Field(() => CheckStep, { description: 'What it looks at.' })
  step!: CheckStep;

  @Harmless()
  @Field(() => String, {
    description: "The step in Dataspike's own word. REST: the key in `checks`, for example `poa`.",
  })
  rawStep!: string;

  @Harmless()
  @Field(() => CheckStatus, { description: 'How far it is, and whether it passed.' })
  status!: CheckStatus;

  @Harmless()
  @Field(() => [CheckError], { description: 'Why it did not pass; empty while it runs and when it passed.' })
  errors!: readonly CheckError[];

  @Harmless()
  @Field(() => [DocumentType], { description: 'Documents that it still waits for. REST: `pending_documents`.' })
  pendingDocuments!: readonly DocumentType[];

  @Harmless()
  @Field(() => Float, {
    nullable: true,
    description: 'How alive the person looked, from 0 to 1. Liveness only. REST: `data.liveness_score`.',
  })
  livenessScore!: number | null;

  @PersonalData()
  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What was read, as Dataspike words it. What is in it depends on the step.',
  })
  data!: Readonly<Record<string, unknown>> | null;
}

@ObjectType({ simpleResolvers: true, description: 'Where the applicant finishes a verification.' })
export class VerificationSession {
  @Field(() => UrlScalar, { description: 'The hosted page; exactly as Dataspike gave it. REST: `verification_url`.' })
  url!: string;

  @Field(() => String, {
    description:
      "What the Web SDK's DocsVerificationWidget takes as `id`; safe in a browser. REST: `verification_url_id`.",
  })
  widgetId!: string;

  @Field(() => UrlScalar, { description: "What the widget takes as `apiUrl`: Dataspike's own address." })
  widgetApiUrl!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it can no longer be continued. REST: `expires_at`.',
  })
  expiresAt!: string | null;

  @Field(() => [DocumentType], {
    description: 'Documents that are still missing. REST: `pending_documents` of all checks.',
  })
  pendingDocuments!: readonly DocumentType[];
}

@ObjectType({ simpleResolvers: true, description: 'One attempt to verify an applicant.' })
export class Verification
  implements Omit<dataspike.Verification, 'applicantId' | 'profileId' | 'url' | 'duplicateApplicantIds'>
{
  applicantId!: string | null;
  profileId!: string | null;
  url!: string | null;
  duplicateApplicantIds!: readonly string[];

  @Harmless()
  @Field(() => ID, { description: "Dataspike's id; opaque." })
  id!: string;

  @Harmless()
  @Field(() => String, {
    nullable: true,
    description: 'The short id, which the hosted page and the widget use. REST: `verification_url_id`.',
  })
  shortId!: string | null;

  @Harmless()
  @Field(() => VerificationStatus, { description: 'Where it stands; `isFinal` says whether that can still change.' })
  status!: VerificationStatus;

  @Harmless()
  @Field(() => String, { description: "The status in Dataspike's own word. REST: `status`." })
  rawStatus!: string;

  @Harmless()
  @Field(() => Boolean, { description: 'No further change is expected: VERIFIED, FAILED, CANCELED or EXPIRED.' })
  isFinal!: boolean;

  @Harmless()
  @Field(() => [Check], {
    description: 'The checks that the profile asks for. REST: `checks`, there an object by step.',
  })
  checks!: readonly Check[];

  @Harmless()
  @Field(() => [Document], { description: 'The files of the applicant that it uses.' })
  documents!: readonly Document[];

  @Harmless()
  @Field(() => DocumentType, {
    nullable: true,
    description: 'The main identity document; null until known. REST: `document_type`.',
  })
  documentType!: DocumentType | null;

  @PersonalData()
  @Field(() => IdentityDocument, {
    nullable: true,
    description: 'Facts of the identity document. REST: `poi_data`, completed from `checks.document_mrz.data`.',
  })
  identityDocument!: IdentityDocument | null;

  @Harmless()
  @Field(() => CountryCodeScalar, {
    nullable: true,
    description: 'The country of the document; null until known. REST: `country_code`.',
  })
  country!: string | null;

  @Harmless()
  @Field(() => Boolean, { nullable: true, description: 'Made in the sandbox. REST: `is_sandbox`.' })
  isSandbox!: boolean | null;

  @Harmless()
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was created. REST: `created_at`.' })
  createdAt!: string | null;

  @Harmless()
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the checks ended. REST: `completed_at`.' })
  completedAt!: string | null;

  @Harmless()
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it expires unless it was submitted. REST: `expires_at`.',
  })
  expiresAt!: string | null;
}

export const VerificationConnection = connectionType(Verification, 'Verification');

@ObjectType({ simpleResolvers: true, description: 'One thing that the applicant did on the hosted page.' })
export class VerificationActivity implements dataspike.VerificationActivity {
  @Harmless()
  @Field(() => String, {
    description:
      "What was done, in Dataspike's word: open, upload_file, submit, set_country, set_custom_fields, upload_custom_file.",
  })
  event!: string;

  @Harmless()
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was done. REST: `created_at`.' })
  occurredAt!: string | null;

  @Harmless()
  @Field(() => Int, {
    nullable: true,
    description: 'The HTTP status that the applicant got, for example 400. REST: `http_status`.',
  })
  httpStatus!: number | null;

  @Harmless()
  @Field(() => [Int], { description: 'Codes of the errors that the applicant got. REST: `verification_errors`.' })
  errorCodes!: readonly number[];

  @PersonalData()
  @Field(() => CountryCodeScalar, { nullable: true, description: 'Where the applicant was.' })
  country!: string | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'The IP address. REST: `ip_address`.' })
  ipAddress!: string | null;

  @Harmless()
  @Field(() => String, {
    nullable: true,
    description: 'The kind of device, for example desktop. REST: `user_agent.device_type`.',
  })
  deviceType!: string | null;

  @Harmless()
  @Field(() => String, { nullable: true, description: 'The operating system. REST: `user_agent.device_os`.' })
  deviceOs!: string | null;

  @Harmless()
  @Field(() => String, { nullable: true, description: 'The browser. REST: `user_agent.browser`.' })
  browser!: string | null;
}

export const VerificationActivityConnection = connectionType(VerificationActivity, 'VerificationActivity');

@InputType({ description: 'Narrows a list of verifications; all given conditions must hold.' })
export class VerificationFilter implements dataspike.VerificationFilter {
  @PersonalData()
  @Field(() => String, { nullable: true, description: 'Part of the name, as Dataspike matches it.' })
  name?: string | null;

  @Field(() => CountryCodeScalar, { nullable: true, description: 'The country.' })
  country?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'Created on this day or later. REST: `from`.' })
  createdFrom?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'Created on this day or earlier. REST: `to`.' })
  createdTo?: string | null;

  @Field(() => [DocumentType], {
    nullable: true,
    description: 'With one of these main documents. REST: `document_type`.',
  })
  documentTypes?: readonly DocumentType[] | null;

  @Field(() => [ID], { nullable: true, description: 'Under one of these profiles. REST: `profile`.' })
  profileIds?: readonly string[] | null;

  @Field(() => [VerificationStatus], { nullable: true, description: 'Standing at one of these. REST: `status`.' })
  statuses?: readonly VerificationStatus[] | null;
}
