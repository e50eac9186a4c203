import { Field, ID, ObjectType } from 'type-graphql';
import type { Gender } from '../dataspike/applicant';
import { Gender as GenderEnum } from '../dataspike/applicant';
import * as dataspike from '../dataspike/document';
import { DocumentType } from '../dataspike/document';
import { Harmless, PersonalData } from './personalData';
import { CountryCodeScalar, DateScalar, JsonScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'A file of the applicant that a verification uses.' })
export class Document implements dataspike.Document {
  @Harmless()
  @Field(() => ID, { description: "Dataspike's id; opaque. REST: `document_id`." })
  id!: string;

  @Harmless()
  @Field(() => DocumentType, { description: 'What it shows. REST: `document_type`.' })
  type!: DocumentType;

  @Harmless()
  @Field(() => String, { description: "The type in Dataspike's own word. REST: `document_type`." })
  rawType!: string;

  @Harmless()
  @Field(() => String, {
    nullable: true,
    description: 'Media type of the file, for example image/jpeg. REST: `content_type`.',
  })
  contentType!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Facts that were read from the identity document; which are there depends on the document.',
})
export class IdentityDocument implements dataspike.IdentityDocument {
  @Harmless()
  @Field(() => DocumentType, { nullable: true, description: 'The kind of document. REST: `parsed_type`.' })
  type!: DocumentType | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: "The document's number. REST: `document_number`." })
  number!: string | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'The whole name. REST: `full_name`.' })
  fullName!: string | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'Given names.' })
  name!: string | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'Family name.' })
  surname!: string | null;

  @PersonalData()
  @Field(() => DateScalar, { nullable: true, description: 'The day of birth. REST: `birth_date`.' })
  dateOfBirth!: string | null;

  @PersonalData()
  @Field(() => GenderEnum, { nullable: true, description: 'The sex as printed.' })
  sex!: Gender | null;

  @PersonalData()
  @Field(() => CountryCodeScalar, { nullable: true, description: 'The nationality.' })
  nationality!: string | null;

  @PersonalData()
  @Field(() => CountryCodeScalar, { nullable: true, description: 'The country that issued it. REST: `country`.' })
  issuingCountry!: string | null;

  @PersonalData()
  @Field(() => DateScalar, { nullable: true, description: 'The day of issue. REST: `issue_date`.' })
  issuedOn!: string | null;

  @PersonalData()
  @Field(() => DateScalar, { nullable: true, description: 'The last day of validity. REST: `expiry_date`.' })
  expiresOn!: string | null;

  @PersonalData()
  @Field(() => String, { nullable: true, description: 'The national personal number. REST: `pin`.' })
  personalNumber!: string | null;

  @Harmless()
  @Field(() => Boolean, { nullable: true, description: 'Whether it has a machine readable zone. REST: `has_mrz`.' })
  hasMrz!: boolean | null;

  @PersonalData()
  @Field(() => JsonScalar, { nullable: true, description: 'The rest of what Dataspike read, under its own names.' })
  other!: Readonly<Record<string, unknown>> | null;
}
