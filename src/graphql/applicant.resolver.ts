import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type * as dataspike from '../dataspike/applicant';
import type * as verification from '../dataspike/verification';
import { Applicant, ApplicantConnection, ApplicantFilter } from './applicant.type';
import { type Connection, paginate } from './connection';
import type { OperationContext } from './context';
import { PageArgs } from './pageArgs';
import { Harmless, PersonalData } from './personalData';
import { listPage, loadEach } from './reads';
import { Scoped } from './scopes';
import { Verification, VerificationConnection } from './verification.type';

@Resolver(() => Applicant)
export class ApplicantResolver {
  @Scoped('kyc:read')
  @Query(() => Applicant, {
    nullable: true,
    description: 'The applicant with this id; null when there is none. REST: `GET /api/v3/applicants/{applicant_id}`.',
  })
  applicant(
    @Arg('id', () => ID, { description: "Dataspike's id." }) id: string,
    @Ctx() { loaders }: OperationContext,
  ): Promise<dataspike.Applicant | null> {
    return loaders.applicant.load(id);
  }

  @Scoped('kyc:read')
  @Query(() => Applicant, {
    nullable: true,
    description:
      'The applicant to whom you gave this id; null when there is none. REST: `GET /api/v3/applicants/by_external_id/{external_id}`.',
  })
  applicantByExternalId(
    @Arg('externalId', () => String, { description: 'Your own id, as given at creation.' }) externalId: string,
    @Ctx() { loaders }: OperationContext,
  ): Promise<dataspike.Applicant | null> {
    return loaders.applicantByExternalId.load(externalId);
  }

  @Scoped('kyc:read')
  @Query(() => ApplicantConnection, {
    description: 'Applicants, in the order of Dataspike. REST: `GET /api/v3/applicants`.',
  })
  applicants(
    @Args(() => PageArgs) pageArgs: PageArgs,
    @Arg('filter', () => ApplicantFilter, { nullable: true, description: 'Which ones; left out: all.' })
    filter: ApplicantFilter | null,
    @Ctx() context: OperationContext,
  ): Promise<Connection<dataspike.Applicant>> {
    const list = `applicants ${JSON.stringify(filter ?? {})}`;
    return paginate(list, pageArgs, (page, limit) =>
      listPage(context, `${list} ${page} ${limit}`, context.loaders.applicant, (signal) =>
        context.client.listApplicants({ page, limit, filter: filter ?? {} }, signal),
      ),
    );
  }

  @Harmless()
  @FieldResolver(() => Verification, {
    nullable: true,
    description: 'The newest verification; null when there is none. REST: `last_verification_id`.',
  })
  latestVerification(
    @Root() applicant: dataspike.Applicant,
    @Ctx() { loaders }: OperationContext,
  ): Promise<verification.Verification | null> | null {
    return applicant.latestVerificationId === null ? null : loaders.verification.load(applicant.latestVerificationId);
  }

  @Harmless()
  @FieldResolver(() => VerificationConnection, {
    description:
      "The applicant's verifications, in the order of Dataspike. REST: `GET /api/v3/verifications/applicant/{applicant_id}`.",
  })
  verifications(
    @Root() { id }: dataspike.Applicant,
    @Args(() => PageArgs) pageArgs: PageArgs,
    @Ctx() context: OperationContext,
  ): Promise<Connection<verification.Verification>> {
    const list = `verifications of ${id}`;
    return paginate(list, pageArgs, (page, limit) =>
      listPage(context, `${list} ${page} ${limit}`, context.loaders.verification, (signal) =>
        context.client.listVerificationsForApplicant(id, { page, limit }, signal),
      ),
    );
  }

  @PersonalData()
  @FieldResolver(() => [Applicant], {
    description:
      'Applicants with the same document or face, as far as they still exist. REST: `cross_check_duplicated_applicant_ids`.',
  })
  duplicateOf(
    @Root() { duplicateApplicantIds }: dataspike.Applicant,
    @Ctx() { loaders }: OperationContext,
  ): Promise<dataspike.Applicant[]> {
    return loadEach(loaders.applicant, duplicateApplicantIds);
  }
}
