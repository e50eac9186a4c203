import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type * as applicants from '../dataspike/applicant';
import type * as profiles from '../dataspike/profile';
import type * as dataspike from '../dataspike/verification';
import { Applicant } from './applicant.type';
import { type Connection, paginate } from './connection';
import type { OperationContext } from './context';
import { PageArgs } from './pageArgs';
import { Harmless, HiddenFromWatchers, PersonalData } from './personalData';
import { Profile } from './profile.type';
import { listPage, loadEach } from './reads';
import { ifWatched, Scoped } from './scopes';
import {
  Verification,
  VerificationActivityConnection,
  VerificationConnection,
  VerificationFilter,
  VerificationSession,
} from './verification.type';

@Resolver(() => Verification)
export class VerificationResolver {
  @Scoped('kyc:read', ifWatched('id', 'verificationId'))
  @Query(() => Verification, {
    nullable: true,
    description:
      'The verification with this id; null when there is none. REST: `GET /api/v3/verifications/{verification_id}`.',
  })
  verification(
    @Arg('id', () => ID, { description: "Dataspike's id." }) id: string,
    @Ctx() { loaders }: OperationContext,
  ): Promise<dataspike.Verification | null> {
    return loaders.verification.load(id);
  }

  @Scoped('kyc:read', ifWatched('shortId', 'shortId'))
  @Query(() => Verification, {
    nullable: true,
    description:
      'The verification with this short id; null when there is none. REST: `GET /api/v3/verifications/short/{short_id}`.',
  })
  verificationByShortId(
    @Arg('shortId', () => String, { description: 'The id that the hosted page and the widget use.' }) shortId: string,
    @Ctx() { loaders }: OperationContext,
  ): Promise<dataspike.Verification | null> {
    return loaders.verificationByShortId.load(shortId);
  }

  @Scoped('kyc:read')
  @Query(() => VerificationConnection, {
    description: 'Verifications, in the order of Dataspike. REST: `GET /api/v3/verifications`.',
  })
  verifications(
    @Args(() => PageArgs) pageArgs: PageArgs,
    @Arg('filter', () => VerificationFilter, { nullable: true, description: 'Which ones; left out: all.' })
    filter: VerificationFilter | null,
    @Ctx() context: OperationContext,
  ): Promise<Connection<dataspike.Verification>> {
    const list = `verifications ${JSON.stringify(filter ?? {})}`;
    return paginate(list, pageArgs, (page, limit) =>
      listPage(context, `${list} ${page} ${limit}`, context.loaders.verification, (signal) =>
        context.client.listVerifications({ page, limit, filter: filter ?? {} }, signal),
      ),
    );
  }

  @Harmless()
  @HiddenFromWatchers()
  @FieldResolver(() => Applicant, { nullable: true, description: 'Who is verified. REST: `applicant_id`.' })
  applicant(
    @Root() { applicantId }: dataspike.Verification,
    @Ctx() { loaders }: OperationContext,
  ): Promise<applicants.Applicant | null> | null {
    return applicantId === null ? null : loaders.applicant.load(applicantId);
  }

  @Harmless()
  @HiddenFromWatchers()
  @FieldResolver(() => Profile, { nullable: true, description: 'The rules that it follows. REST: `profile_id`.' })
  profile(
    @Root() { profileId }: dataspike.Verification,
    @Ctx() { loaders }: OperationContext,
  ): Promise<profiles.Profile | null> | null {
    return profileId === null ? null : loaders.profile.load(profileId);
  }

  @Harmless()
  @FieldResolver(() => VerificationSession, {
    nullable: true,
    description: 'Where the applicant finishes it: hosted page and widget. Null once it cannot be continued.',
  })
  session(
    @Root() verification: dataspike.Verification,
    @Ctx() { services }: OperationContext,
  ): VerificationSession | null {
    return sessionOf(verification, services.widgetApiUrl);
  }

  @PersonalData()
  @FieldResolver(() => [Applicant], {
    description:
      'Everyone else whose document or face matched, as far as they still exist. REST: `duplicated_applicant_ids`.',
  })
  duplicateApplicants(
    @Root() { duplicateApplicantIds }: dataspike.Verification,
    @Ctx() { loaders }: OperationContext,
  ): Promise<applicants.Applicant[]> {
    return loadEach(loaders.applicant, duplicateApplicantIds);
  }

  @Harmless()
  @HiddenFromWatchers()
  @FieldResolver(() => VerificationActivityConnection, {
    description:
      'What the applicant did on the hosted page, in the order of Dataspike. REST: `GET /api/v4/verifications/{verification_id}/events`.',
  })
  activity(
    @Root() { id }: dataspike.Verification,
    @Args(() => PageArgs) pageArgs: PageArgs,
    @Ctx() { services, client, signal }: OperationContext,
  ): Promise<Connection<dataspike.VerificationActivity>> {
    const list = `activity of ${id}`;
    return paginate(list, pageArgs, (page, limit) =>
      services.sharedReads.read(
        `${list} ${page} ${limit}`,
        (readSignal) => client.listVerificationEvents(id, { page, limit }, readSignal),
        signal,
      ),
    );
  }
}

/** It can be continued until it is submitted, ended or past its time. */
function sessionOf(verification: dataspike.Verification, widgetApiUrl: string): VerificationSession | null {
  const { status, url, shortId, expiresAt, checks } = verification;
  const open = status === 'INITIAL' || status === 'PENDING';
  if (!open || url === null || shortId === null) return null;
  if (expiresAt !== null && Date.parse(expiresAt) <= Date.now()) return null;
  const pendingDocuments = [...new Set(checks.flatMap((check) => check.pendingDocuments))];
  return { url, widgetId: shortId, widgetApiUrl, expiresAt, pendingDocuments };
}
