import { Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { CallerKind } from '../access/caller';
import type { OperationContext } from './context';
import { DateTimeScalar } from './scalars';
import { asItIs, Scoped } from './scopes';

@ObjectType({ simpleResolvers: true, description: 'Who is asking, as far as the gateway knows.' })
export class Viewer {
  @Field(() => ID, { description: "The key's name, or the subject of the token." })
  id!: string;

  @Field(() => CallerKind, { description: 'How they proved it.' })
  kind!: CallerKind;

  @Field(() => [String], { description: 'What they may do: kyc:read, kyc:pii, kyc:write, kyc:admin.' })
  scopes!: readonly string[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the right ends; null when it does not by itself.' })
  expiresAt!: string | null;
}

@Resolver()
export class ViewerResolver {
  @Scoped('kyc:read', asItIs)
  @Query(() => Viewer, { description: 'Who I am to the gateway and what I may do.' })
  viewer(@Ctx() { caller }: OperationContext): Viewer {
    const { id, kind, scopes, expiresAt } = caller;
    return { id, kind, scopes: [...scopes], expiresAt };
  }
}
