import { Arg, Ctx, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import { VerificationStatus } from '../dataspike/verification';
import type { WatchFilter } from '../events/watchFilter';
import type { OperationContext } from './context';
import { asItIs, onlyWatched, Scoped } from './scopes';
import { openUpdates } from './updates';
import { VerificationUpdate } from './verificationUpdate.type';

@Resolver()
export class VerificationUpdatedResolver {
  @Scoped('kyc:read', asItIs)
  @Query(() => String, {
    description:
      'Where the stream of updates stood when this operation began; subscribe with it as `after`, and nothing falls between.',
  })
  eventCursor(@Ctx() { services }: OperationContext): string {
    return services.log.position();
  }

  @Scoped('kyc:read', onlyWatched)
  @Subscription(() => VerificationUpdate, {
    description:
      'Every change of the verifications that match, in order, each once. Without arguments: all that the caller may see.',
    subscribe: ({ args, context }: { args: WatchFilter & { after?: string | null }; context: OperationContext }) =>
      openUpdates(context, args, args.after ?? null),
  })
  verificationUpdated(
    @Root() update: VerificationUpdate,
    @Arg('verificationId', () => ID, { nullable: true, description: 'Only this verification.' })
    _verificationId: string | null,
    @Arg('applicantId', () => ID, { nullable: true, description: 'Only verifications of this applicant.' })
    _applicantId: string | null,
    @Arg('statuses', () => [VerificationStatus], { nullable: true, description: 'Only changes to one of these.' })
    _statuses: VerificationStatus[] | null,
    @Arg('after', () => String, {
      nullable: true,
      description: 'The cursor of the last update received; what came since is sent first.',
    })
    _after: string | null,
  ): VerificationUpdate {
    return update;
  }
}
