import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type * as dataspike from '../dataspike/applicant';
import { ApplicantType } from '../dataspike/applicant';
import { Applicant, ApplicantInfoInput, SearchOptionsInput } from './applicant.type';
import { IDEMPOTENCY_KEY } from './idempotencyKey';
import { MutationPayload } from './userErrors';

@InputType({ description: 'Everything is optional.' })
export class CreateApplicantInput {
  @Field(() => String, {
    nullable: true,
    description: 'Your own id; what Dataspike does with one used twice is not known. REST: `external_id`.',
  })
  externalId?: string | null;

  @Field(() => ApplicantType, {
    nullable: true,
    description: 'PERSON or COMPANY; left out: Dataspike decides. REST: `applicant_type`.',
  })
  type?: ApplicantType | null;

  @Field(() => String, { nullable: true, description: 'E-mail address.' })
  email?: string | null;

  @Field(() => String, { nullable: true, description: 'Telephone number.' })
  phone?: string | null;

  @Field(() => ApplicantInfoInput, { nullable: true, description: 'What is stated about them.' })
  info?: ApplicantInfoInput | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether daily AML monitoring is on; left out: off. REST: `aml_screening_enabled`.',
  })
  amlScreeningEnabled?: boolean | null;

  @Field(() => SearchOptionsInput, {
    nullable: true,
    description: 'How daily AML monitoring searches. REST: `search_options`.',
  })
  searchOptions?: SearchOptionsInput | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateApplicantInput extends ApplicantInfoInput {
  @Field(() => ID, { description: 'The id of the applicant to change.' })
  applicantId!: string;

  @Field(() => ApplicantType, { nullable: true, description: 'PERSON or COMPANY. REST: `applicant_type`.' })
  type?: ApplicantType | null;

  @Field(() => String, { nullable: true, description: 'E-mail address.' })
  email?: string | null;

  @Field(() => String, { nullable: true, description: 'Telephone number.' })
  phone?: string | null;
}

@InputType({ description: 'Which applicant to delete.' })
export class DeleteApplicantInput {
  @Field(() => ID, { description: 'The id of the applicant to delete.' })
  applicantId!: string;
}

@InputType({ description: 'Which Telegram user an applicant is.' })
export class LinkApplicantTelegramInput {
  @Field(() => ID, { description: 'The id of the applicant to link.' })
  applicantId!: string;

  @Field(() => String, { description: 'The numeric Telegram user id, as a text. REST: `tg_profile`.' })
  telegramProfile!: string;
}

@InputType({ description: 'What is left out stays as it is.' })
export class SetApplicantScreeningInput {
  @Field(() => ID, { description: 'The id of the applicant to monitor.' })
  applicantId!: string;

  @Field(() => Boolean, { nullable: true, description: 'Switches daily AML monitoring on or off.' })
  enabled?: boolean | null;

  @Field(() => SearchOptionsInput, { nullable: true, description: 'How monitoring searches; left out: as before.' })
  searchOptions?: SearchOptionsInput | null;
}

@ObjectType({ simpleResolvers: true })
abstract class ApplicantPayload extends MutationPayload {
  @Field(() => Applicant, { nullable: true, description: 'The applicant as it is now; null when nothing was done.' })
  applicant?: Promise<dataspike.Applicant | null>;
}

@ObjectType({ simpleResolvers: true, description: 'What createApplicant answers.' })
export class CreateApplicantPayload extends ApplicantPayload {}

@ObjectType({ simpleResolvers: true, description: 'What updateApplicant answers.' })
export class UpdateApplicantPayload extends ApplicantPayload {}

@ObjectType({ simpleResolvers: true, description: 'What linkApplicantTelegram answers.' })
export class LinkApplicantTelegramPayload extends ApplicantPayload {}

@ObjectType({ simpleResolvers: true, description: 'What setApplicantScreening answers.' })
export class SetApplicantScreeningPayload extends ApplicantPayload {}

@ObjectType({ simpleResolvers: true, description: 'What deleteApplicant answers.' })
export class DeleteApplicantPayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'Who is gone; null when nothing was done.' })
  deletedApplicantId?: string;
}
