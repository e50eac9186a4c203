import { Field, ObjectType } from 'type-graphql';
import type * as dataspike from '../dataspike/verification';
import { VerificationStatus } from '../dataspike/verification';
import { VerificationUpdateKind, VerificationUpdateSource } from './enums';
import { DateTimeScalar } from './scalars';
import { Verification } from './verification.type';

@ObjectType({ simpleResolvers: true, description: 'A change of one verification, with its whole state after it.' })
export class VerificationUpdate {
  @Field(() => String, { description: 'Hand it to `after` to continue from here, on any instance.' })
  cursor!: string;

  @Field(() => VerificationUpdateKind, { description: 'Why it is sent.' })
  kind!: VerificationUpdateKind;

  @Field(() => VerificationUpdateSource, { description: 'How the gateway came to know.' })
  source!: VerificationUpdateSource;

  @Field(() => DateTimeScalar, { description: 'When it happened at Dataspike.' })
  occurredAt!: string;

  @Field(() => VerificationStatus, {
    nullable: true,
    description: 'Where it stood before; null when that is not known.',
  })
  previousStatus!: VerificationStatus | null;

  @Field(() => Verification, { description: 'The verification after the change.' })
  verification!: dataspike.Verification;

  /** When the log took the event: milliseconds since 1970; null for what was read. For metrics, not of the schema. */
  acceptedAt!: number | null;

  /** Of the event; not of the schema either. */
  traceparent?: string;
}
