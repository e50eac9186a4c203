import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { DocumentType } from '../dataspike/document';
import type * as dataspike from '../dataspike/verification';
import { VerificationStatus } from '../dataspike/verification';
import { IDEMPOTENCY_KEY } from './idempotencyKey';
import { CountryCodeScalar, UrlScalar } from './scalars';
import { MutationPayload } from './userErrors';
import { Verification } from './verification.type';

@InputType({ description: 'Error codes to report, per check.' })
export class SandboxErrorsInput {
  @Field(() => [Int], { nullable: true, description: 'Codes for the check DOCUMENT_MRZ. REST: `document_mrz`.' })
  documentMrz?: number[] | null;

  @Field(() => [Int], { nullable: true, description: 'Codes for the check FACE_COMPARISON. REST: `face_comparison`.' })
  faceComparison?: number[] | null;

  @Field(() => [Int], { nullable: true, description: 'Codes for the check PROOF_OF_ADDRESS. REST: `poa`.' })
  poa?: number[] | null;

  @Field(() => [Int], { nullable: true, description: 'Codes for the check LIVENESS. REST: `liveness`.' })
  liveness?: number[] | null;
}

@InputType({ description: 'Fixes the outcome in advance. Sandbox only.' })
export class SandboxResultInput {
  @Field(() => VerificationStatus, { description: 'Where the verification is to end, for example VERIFIED or FAILED.' })
  status!: VerificationStatus;

  @Field(() => SandboxErrorsInput, { nullable: true, description: 'Codes that the checks are to report.' })
  errors?: SandboxErrorsInput | null;
}

@InputType({ description: 'Everything is optional.' })
export class CreateVerificationInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Who is verified; left out: a new, anonymous applicant. REST: `applicant_id`.',
  })
  applicantId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The rules; left out: the organisation's default profile. REST: `profile_id`.",
  })
  profileId?: string | null;

  @Field(() => CountryCodeScalar, {
    nullable: true,
    description: "The applicant's country. REST: `applicant_country`.",
  })
  applicantCountry?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How long it can be continued: 1 to 10080 minutes; left out: 240. REST: `expiration_minutes`.',
  })
  expirationMinutes?: number | null;

  @Field(() => [DocumentType], {
    nullable: true,
    description: 'Superseded by profiles; left out: the profile decides. REST: `checks_required`.',
  })
  checksRequired?: DocumentType[] | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description: 'Where the hosted page sends the applicant in the end. REST: `redirect_url`.',
  })
  redirectUrl?: string | null;

  @Field(() => SandboxResultInput, {
    nullable: true,
    description: 'Fixes the outcome; refused in production. REST: `sandbox_result`.',
  })
  sandboxResult?: SandboxResultInput | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Which verification to submit.' })
export class ProceedVerificationInput {
  @Field(() => ID, { description: 'The id of the verification to submit.' })
  verificationId!: string;
}

@InputType({ description: 'Which verification to cancel.' })
export class CancelVerificationInput {
  @Field(() => ID, { description: 'The id of the verification to cancel.' })
  verificationId!: string;
}

@InputType({ description: 'The country that issued the document.' })
export class SetVerificationCountryInput {
  @Field(() => ID, { description: 'The id of the verification that does not know the country.' })
  verificationId!: string;

  @Field(() => CountryCodeScalar, { description: 'The country that issued the identity document.' })
  country!: string;
}

@ObjectType({ simpleResolvers: true })
abstract class VerificationPayload extends MutationPayload {
  @Field(() => Verification, {
    nullable: true,
    description: 'The verification as it is now; null when nothing was done.',
  })
  verification?: dataspike.Verification | null | Promise<dataspike.Verification | null>;
}

@ObjectType({ simpleResolvers: true, description: 'What createVerification answers.' })
export class CreateVerificationPayload extends VerificationPayload {}

@ObjectType({ simpleResolvers: true, description: 'What proceedVerification answers.' })
export class ProceedVerificationPayload extends VerificationPayload {}

@ObjectType({ simpleResolvers: true, description: 'What cancelVerification answers.' })
export class CancelVerificationPayload extends VerificationPayload {}

@ObjectType({ simpleResolvers: true, description: 'What setVerificationCountry answers.' })
export class SetVerificationCountryPayload extends VerificationPayload {}
