import { ArgsType, Field, Int } from 'type-graphql';
import type { PageArguments } from './connection';

@ArgsType()
export class PageArgs implements PageArguments {
  @Field(() => Int, { nullable: true, defaultValue: 20, description: 'How many items at most: 1 to 100.' })
  first: number | null | undefined;

  @Field(() => String, { nullable: true, description: 'Continue behind the item with this cursor.' })
  after: string | null | undefined;
}
