import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { DownloadPermit } from '../access/fileTickets';
import type * as dataspike from '../dataspike/document';
import type { OperationContext } from './context';
import { Document } from './document.type';
import { PersonalData } from './personalData';
import { UrlScalar } from './scalars';

/** Links to files. Made for who may see personal data at this moment; whoever holds one needs no token for 5 minutes. */
@Resolver(() => Document)
export class DocumentLinks {
  @PersonalData()
  @FieldResolver(() => UrlScalar, {
    nullable: true,
    description:
      'The file itself, at a URL of the gateway that ends after 5 minutes and needs no token. REST: `GET /api/v3/documents/{document_id}`.',
  })
  contentUrl(@Root() { id }: dataspike.Document, @Ctx() context: OperationContext): Promise<string> {
    return linkTo(id, 'content', context);
  }

  @PersonalData()
  @FieldResolver(() => UrlScalar, {
    nullable: true,
    description:
      'A small picture of it, likewise. Not every document has one; the URL is then not found. REST: `GET /api/v3/documents/{document_id}/preview`.',
  })
  previewUrl(@Root() { id }: dataspike.Document, @Ctx() context: OperationContext): Promise<string> {
    return linkTo(id, 'preview', context);
  }
}

async function linkTo(
  documentId: string,
  rendition: DownloadPermit['rendition'],
  { services, caller, requestId }: OperationContext,
): Promise<string> {
  const permit = { documentId, rendition, issuedFor: requestId };
  const { ticket } = await services.fileTickets.issueDownload(permit, caller.expiresAt);
  return `${services.publicUrl()}/documents/${ticket}`;
}
