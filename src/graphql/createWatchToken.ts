import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { OperationContext } from './context';
import { DateTimeScalar } from './scalars';
import { Scoped } from './scopes';
import { invalidInput, MutationPayload, NotFoundError, Refusal, settle } from './userErrors';

const DEFAULT_MINUTES = 15;
const LONGEST_MINUTES = 60;

@InputType({ description: 'What a watch token is for.' })
export class CreateWatchTokenInput {
  @Field(() => ID, { description: 'The id of the one verification that its holder may query and watch.' })
  verificationId!: string;

  @Field(() => Int, { nullable: true, description: 'When it ends: 1 to 60 minutes from now; left out: 15.' })
  expiresInMinutes?: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'What createWatchToken answers.' })
export class CreateWatchTokenPayload extends MutationPayload {
  @Field(() => String, { nullable: true, description: 'Safe in a browser; null when none was made.' })
  token?: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ends.' })
  expiresAt?: string;
}

@Resolver()
export class CreateWatchTokenResolver {
  @Scoped('kyc:read')
  @Mutation(() => CreateWatchTokenPayload, {
    description: 'A short token that lets a browser query and watch this one verification, without personal data.',
  })
  createWatchToken(
    @Arg('input', () => CreateWatchTokenInput, { description: 'For what, and how long.' })
    { verificationId, expiresInMinutes }: CreateWatchTokenInput,
    @Ctx() { loaders, services }: OperationContext,
  ): Promise<CreateWatchTokenPayload> {
    return settle(async () => {
      const minutes = expiresInMinutes ?? DEFAULT_MINUTES;
      if (minutes < 1 || minutes > LONGEST_MINUTES) {
        throw invalidInput(`expiresInMinutes must be from 1 to ${LONGEST_MINUTES}`, 'expiresInMinutes');
      }
      const verification = await loaders.verification.load(verificationId);
      if (!verification) throw new Refusal(new NotFoundError(['input', 'verificationId']));
      return services.watchTokens.issue({ verificationId: verification.id, shortId: verification.shortId }, minutes);
    });
  }
}
