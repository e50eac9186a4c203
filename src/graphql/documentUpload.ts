import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver, registerEnumType } from 'type-graphql';
import type { UploadRecipient } from '../access/fileTickets';
import { DocumentType } from '../dataspike/document';
import type { OperationContext } from './context';
import { CountryCodeScalar, DateTimeScalar, UrlScalar } from './scalars';
import { Scoped } from './scopes';
import {
  InvalidTransitionError,
  invalidInput,
  MutationPayload,
  NotFoundError,
  Refusal,
  settle,
  ValidationError,
} from './userErrors';

/** The largest file that can be uploaded; Dataspike names no limit (guide, section 4). */
export const UPLOAD_LIMIT_BYTES = 20 * 1024 * 1024;

export const DocumentSide = { FRONT: 'FRONT', BACK: 'BACK' } as const;
export type DocumentSide = keyof typeof DocumentSide;

registerEnumType(DocumentSide, {
  name: 'DocumentSide',
  description: 'A side of a card.',
  valuesConfig: { FRONT: { description: 'The side with the photo.' }, BACK: { description: 'The other side.' } },
});

@InputType({ description: 'What will be uploaded, and for whom: applicantId or verificationId, exactly one.' })
export class CreateDocumentUploadInput {
  @Field(() => ID, { nullable: true, description: 'Whose document it is.' })
  applicantId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The verification that asks for it.' })
  verificationId?: string | null;

  @Field(() => DocumentType, {
    description: 'What it shows; POI lets Dataspike find out which identity document it is. REST: `document_type`.',
  })
  documentType!: DocumentType;

  @Field(() => DocumentSide, {
    nullable: true,
    description: 'Which side; left out: Dataspike finds out. REST: `side`.',
  })
  side?: DocumentSide | null;

  @Field(() => CountryCodeScalar, {
    nullable: true,
    description: 'The country that issued it; left out: Dataspike finds out. REST: `issued_country`, there alpha-3.',
  })
  issuedCountry?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'What createDocumentUpload answers.' })
export class CreateDocumentUploadPayload extends MutationPayload {
  @Field(() => UrlScalar, {
    nullable: true,
    description: 'Where to send the file, once, without a token; null when the upload was refused.',
  })
  uploadUrl?: string;

  @Field(() => String, { nullable: true, description: 'The HTTP method to send it with: PUT.' })
  method?: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the URL ends: ten minutes from now at most.' })
  expiresAt?: string;

  @Field(() => Int, { nullable: true, description: 'How large the file may be, in bytes.' })
  maxBytes?: number;
}

@Resolver()
export class DocumentUploadMutations {
  @Scoped('kyc:write')
  @Mutation(() => CreateDocumentUploadPayload, {
    description:
      'A single-use URL to PUT one file to: JPEG, PNG, HEIC, WebP or PDF, with its content type. The answer to that is ' +
      '201 with documentId, detectedType, detectedSide, twoSided, detectedCountry and errors as JSON. REST: `POST /api/v3/upload/{applicant_id}`.',
  })
  createDocumentUpload(
    @Arg('input', () => CreateDocumentUploadInput, { description: 'What, and for whom.' })
    input: CreateDocumentUploadInput,
    @Ctx() context: OperationContext,
  ): Promise<CreateDocumentUploadPayload> {
    return settle(async () => {
      const { documentType, side, issuedCountry } = input;
      if (documentType === 'UNKNOWN') throw invalidInput('UNKNOWN cannot be uploaded', 'documentType');
      const recipient = await findRecipient(input, context);
      const { caller, services } = context;
      const { ticket, expiresAt } = await services.fileTickets.issueUpload(
        {
          recipient,
          documentType,
          side: side == null ? null : side === 'FRONT' ? 'front' : 'back',
          issuedCountry: issuedCountry ?? null,
        },
        caller.expiresAt,
      );
      const uploadUrl = `${services.publicUrl()}/uploads/${ticket}`;
      return { uploadUrl, method: 'PUT', expiresAt, maxBytes: UPLOAD_LIMIT_BYTES };
    });
  }
}

async function findRecipient(
  { applicantId, verificationId }: CreateDocumentUploadInput,
  { loaders }: OperationContext,
): Promise<UploadRecipient> {
  if ((applicantId == null) === (verificationId == null)) {
    throw new Refusal(new ValidationError('INVALID', 'Give exactly one of applicantId and verificationId', ['input']));
  }
  if (applicantId != null) {
    if (!(await loaders.applicant.load(applicantId))) throw new Refusal(new NotFoundError(['input', 'applicantId']));
    return { kind: 'applicant', applicantId };
  }
  const id = verificationId ?? '';
  const verification = await loaders.verification.load(id);
  if (!verification?.shortId) throw new Refusal(new NotFoundError(['input', 'verificationId']));
  // Its documents are no longer looked at; other states are Dataspike's to judge when the file is there.
  if (verification.isFinal) throw new Refusal(new InvalidTransitionError(verification.status));
  return { kind: 'verification', verificationId: verification.id, shortId: verification.shortId };
}
