import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import * as dataspike from '../dataspike/applicant';
import { ApplicantStatus, ApplicantType, Gender, RiskScore } from '../dataspike/applicant';
import { connectionType } from './connection';
import { Harmless, PersonalData } from './personalData';
import { CountryCodeScalar, DateScalar, DateTimeScalar, JsonScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'A postal address.' })
export class Address implements dataspike.Address {
  @PersonalData()
  @Field(() => CountryCodeScalar, { nullable: true, description: 'The country.' })
  country!: string | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'The town.' })
  city!: string | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'The postal code. REST: `postal_code`.' })
  postalCode!: string | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'Street and number.' })
  street!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'Facts about an applicant, stated or read from documents.' })
export class ApplicantInfo implements dataspike.ApplicantInfo {
  @PersonalData()
  @Field(() => String, { nullable: true, description: 'The whole name. REST: `full_name`.' })
  fullName!: string | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'Given names. REST: `first_name`.' })
  firstName!: string | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'Family name. REST: `last_name`.' })
  lastName!: string | null;

  @PersonalData()
  @Field(() => DateScalar, { nullable: true, description: 'The day of birth. REST: `dob`.' })
  dateOfBirth!: string | null;

  @PersonalData()
  @Field(() => Gender, { nullable: true, description: 'The gender.' })
  gender!: Gender | null;

  @PersonalData()
  @Field(() => CountryCodeScalar, { nullable: true, description: 'The country whose citizen they are.' })
  citizenship!: string | null;

  @PersonalData()
  @Field(() => CountryCodeScalar, {
    nullable: true,
    description: 'The country; in systemInfo, of the identity document.',
  })
  country!: string | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'The address in one line.' })
  address!: string | null;

  @PersonalData()
  @Field(() => Address, { nullable: true, description: 'Where they live, in parts. REST: `addresses.residence`.' })
  residence!: Address | null;

  @PersonalData()
  @Field(() => JsonScalar, { nullable: true, description: 'Your own fields, name to value. REST: `custom_fields`.' })
  customFields!: Readonly<Record<string, unknown>> | null;
}

@ObjectType({ simpleResolvers: true, description: 'Daily AML monitoring of an applicant: what it last found.' })
export class ApplicantScreening implements dataspike.ApplicantScreening {
  @Field(() => Boolean, { description: 'Whether monitoring is switched on. REST: `aml_screening_enabled`.' })
  enabled!: boolean;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it last ran; null when it never did. REST: `last_screened_at`.',
  })
  lastScreenedAt!: string | null;

  @Field(() => RiskScore, { nullable: true, description: 'The risk that it found. REST: `last_risk_score`.' })
  riskScore!: RiskScore | null;

  @Field(() => [String], {
    description: "What the hits are about, in Dataspike's words, for example PEP or Sanctions. REST: `last_tags`.",
  })
  tags!: readonly string[];
}

@ObjectType({ simpleResolvers: true, description: 'A person or company to be verified.' })
export class Applicant implements Omit<dataspike.Applicant, 'latestVerificationId' | 'duplicateApplicantIds'> {
  latestVerificationId!: string | null;
  duplicateApplicantIds!: readonly string[];

  @Harmless()
  @Field(() => ID, { description: "Dataspike's id; opaque. REST: `applicant_id`." })
  id!: string;

  @Harmless()
  @Field(() => String, { nullable: true, description: 'Your own id, given at creation. REST: `external_id`.' })
  externalId!: string | null;

  @Harmless()
  @Field(() => ApplicantType, { description: 'Whether it is a person or a company.' })
  type!: ApplicantType;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'E-mail address.' })
  email!: string | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'Telephone number.' })
  phone!: string | null;

  @PersonalData()
  @Field(() => ApplicantInfo, {
    nullable: true,
    description: 'What you or the applicant stated. REST: `provided_info`.',
  })
  providedInfo!: ApplicantInfo | null;

  @PersonalData()
  @Field(() => ApplicantInfo, { nullable: true, description: 'What was read from documents. REST: `system_info`.' })
  systemInfo!: ApplicantInfo | null;

  @Harmless()
  @Field(() => ApplicantStatus, { description: 'Where the applicant stands. REST: `verification_status`.' })
  verificationStatus!: ApplicantStatus;

  @Harmless()
  @Field(() => String, {
    nullable: true,
    description: "The status in Dataspike's own word. REST: `verification_status`.",
  })
  rawVerificationStatus!: string | null;

  @Harmless()
  @Field(() => ApplicantScreening, { description: 'Daily AML monitoring, and what it last found.' })
  screening!: ApplicantScreening;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'Linked Telegram user id. REST: `tg_profile`.' })
  telegramProfile!: string | null;
}

export const ApplicantConnection = connectionType(Applicant, 'Applicant');

@InputType({ description: 'Narrows a list of applicants; all given conditions must hold.' })
export class ApplicantFilter implements dataspike.ApplicantFilter {
  @PersonalData()
  @Field(() => String, { nullable: true, description: 'Part of the name, as Dataspike matches it.' })
  name?: string | null;

  @Field(() => CountryCodeScalar, { nullable: true, description: 'The country.' })
  country?: string | null;

  @PersonalData()
  @Field(() => DateScalar, { nullable: true, description: 'The day of birth. REST: `dob`.' })
  dateOfBirth?: string | null;

  @Field(() => ApplicantType, { nullable: true, description: 'Person or company.' })
  type?: ApplicantType | null;
}

@InputType({ description: 'A postal address.' })
export class AddressInput {
  @Field(() => CountryCodeScalar, { nullable: true, description: 'The country.' })
  country?: string | null;

  @Field(() => String, { nullable: true, description: 'The town.' })
  city?: string | null;

  @Field(() => String, { nullable: true, description: 'The postal code.' })
  postalCode?: string | null;

  @Field(() => String, { nullable: true, description: 'Street and number.' })
  street?: string | null;
}

@InputType({ description: 'What is stated about an applicant.' })
export class ApplicantInfoInput implements dataspike.WriteApplicantInfo {
  @Field(() => String, {
    nullable: true,
    description: 'The whole name; Dataspike falls back to first and last name. REST: `full_name`.',
  })
  fullName?: string | null;

  @Field(() => String, { nullable: true, description: 'Given names. REST: `first_name`.' })
  firstName?: string | null;

  @Field(() => String, { nullable: true, description: 'Family name. REST: `last_name`.' })
  lastName?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'The day of birth. REST: `dob`.' })
  dateOfBirth?: string | null;

  @Field(() => Gender, { nullable: true, description: 'FEMALE or MALE, REST F or M; Dataspike takes no other.' })
  gender?: Gender | null;

  @Field(() => CountryCodeScalar, { nullable: true, description: 'The country whose citizen they are.' })
  citizenship?: string | null;

  @Field(() => CountryCodeScalar, { nullable: true, description: 'The country.' })
  country?: string | null;

  @Field(() => String, { nullable: true, description: 'The address in one line.' })
  address?: string | null;

  @Field(() => AddressInput, { nullable: true, description: 'Where they live, in parts. REST: `addresses.residence`.' })
  residence?: AddressInput | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'Your own fields: an object of texts. REST: `custom_fields`.',
  })
  customFields?: Readonly<Record<string, unknown>> | null;
}

@InputType({ description: 'How daily AML monitoring searches for one applicant.' })
export class SearchOptionsInput implements dataspike.SearchOptions {
  @Field(() => [RiskScore], { nullable: true, description: 'Only hits of these risks. REST: `risk_scores`.' })
  riskScores?: readonly RiskScore[] | null;

  @Field(() => [String], { nullable: true, description: 'Only hits about these, for example PEP or Sanctions.' })
  tags?: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: 'Only these sources.' })
  sources?: readonly string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether similar names match.' })
  fuzziness?: boolean | null;

  @Field(() => Float, { nullable: true, description: 'How similar: 0 to 1. REST: `fuzziness_level`.' })
  fuzzinessLevel?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether names that sound alike match.' })
  phonetics?: boolean | null;

  @Field(() => dataspike.SearchMode, {
    nullable: true,
    description: 'Which names are searched for. REST: `mode`, a number.',
  })
  mode?: dataspike.SearchMode | null;
}
