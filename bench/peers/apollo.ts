/**
 * The documented way: startStandaloneServer, axios and type-graphql with their defaults; with BENCH_CACHE an entity cache.
 * Subscriptions: graphql-ws and type-graphql's filter, which asks every subscriber about every event.
 */
import 'reflect-metadata';
import http from 'node:http';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import axios from 'axios';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub } from 'graphql-yoga';
import {
  Arg,
  buildSchema,
  Field,
  FieldResolver,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
  Subscription,
} from 'type-graphql';
import { WebSocketServer } from 'ws';
import { PORT, UPSTREAM_HEADERS, UPSTREAM_URL } from './shared/paths.mjs';
import { createReads } from './shared/reads.mjs';
import { readDelivery } from './shared/webhook.mjs';

enum VerificationStatus {
  INITIAL = 'INITIAL',
  PENDING = 'PENDING',
  IN_PROGRESS = 'IN_PROGRESS',
  VERIFIED = 'VERIFIED',
  FAILED = 'FAILED',
  CANCELED = 'CANCELED',
  EXPIRED = 'EXPIRED',
}
registerEnumType(VerificationStatus, { name: 'VerificationStatus' });

@ObjectType()
class Document {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  type!: string;
}

@ObjectType()
class ApplicantInfo {
  @Field(() => String, { nullable: true })
  fullName!: string | null;

  @Field(() => String, { nullable: true })
  firstName!: string | null;

  @Field(() => String, { nullable: true })
  lastName!: string | null;

  @Field(() => String, { nullable: true })
  dateOfBirth!: string | null;

  @Field(() => String, { nullable: true })
  gender!: string | null;

  @Field(() => String, { nullable: true })
  citizenship!: string | null;

  @Field(() => String, { nullable: true })
  country!: string | null;

  @Field(() => String, { nullable: true })
  address!: string | null;
}

@ObjectType()
class Applicant {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  externalId!: string | null;

  @Field(() => String)
  type!: string;

  @Field(() => String, { nullable: true })
  email!: string | null;

  @Field(() => String, { nullable: true })
  phone!: string | null;

  @Field(() => String)
  verificationStatus!: string;

  @Field(() => ApplicantInfo, { nullable: true })
  providedInfo!: ApplicantInfo | null;
}

@ObjectType()
class Verification {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  shortId!: string | null;

  @Field(() => VerificationStatus)
  status!: VerificationStatus;

  @Field(() => Boolean)
  isFinal!: boolean;

  @Field(() => String, { nullable: true })
  documentType!: string | null;

  @Field(() => String, { nullable: true })
  country!: string | null;

  @Field(() => Date, { nullable: true })
  createdAt!: Date | null;

  @Field(() => Date, { nullable: true })
  completedAt!: Date | null;

  @Field(() => Date, { nullable: true })
  expiresAt!: Date | null;

  @Field(() => Boolean, { nullable: true })
  isSandbox!: boolean | null;

  @Field(() => [Document])
  documents!: Document[];

  applicantId!: string;
}

@ObjectType()
class VerificationConnection {
  @Field(() => [Verification])
  nodes!: Verification[];
}

@ObjectType()
class VerificationUpdate {
  @Field(() => String)
  cursor!: string;

  @Field(() => String)
  kind!: string;

  @Field(() => Date)
  occurredAt!: Date;

  @Field(() => Verification)
  verification!: Verification;
}

const TOPIC = 'VERIFICATION';
const api = axios.create({ baseURL: UPSTREAM_URL, headers: UPSTREAM_HEADERS });
const reads = createReads(async (path: string) => (await api.get(path)).data);
const pubSub = createPubSub();

/** type-graphql's own DateTime wants Date objects. */
function withDates(verification: Verification): Verification {
  const toDate = (value: unknown) => (value == null ? null : new Date(value as string));
  return {
    ...verification,
    createdAt: toDate(verification.createdAt),
    completedAt: toDate(verification.completedAt),
    expiresAt: toDate(verification.expiresAt),
  };
}

@Resolver(() => Verification)
class VerificationResolver {
  @Query(() => Verification, { nullable: true })
  async verification(@Arg('id', () => ID) id: string): Promise<Verification> {
    return withDates(await reads.verification(id));
  }

  @Query(() => VerificationConnection)
  async verifications(
    @Arg('first', () => Int, { nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
  ): Promise<VerificationConnection> {
    const { nodes } = await reads.verifications({ first, after });
    return { nodes: nodes.map(withDates) };
  }

  @FieldResolver(() => Applicant, { nullable: true })
  applicant(@Root() { applicantId }: Verification): Promise<Applicant> {
    return reads.applicant(applicantId);
  }

  @Subscription(() => VerificationUpdate, {
    topics: TOPIC,
    filter: ({ payload, args }) => args.verificationId == null || payload.verification.id === args.verificationId,
  })
  verificationUpdated(
    @Root() update: VerificationUpdate,
    @Arg('verificationId', () => ID, { nullable: true }) _verificationId: string | null,
  ): VerificationUpdate {
    return update;
  }
}

/** A second server, since the standalone one has no room for webhooks and WebSockets: with BENCH_LIVE it is the only one. */
function startLiveServer(port: number): void {
  const server = http.createServer((request, response) => {
    if (request.method === 'GET') return response.end();
    const pieces: Buffer[] = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      const update = readDelivery(request.headers['x-webhook-signature'], Buffer.concat(pieces));
      response.writeHead(update ? 200 : 401, { 'content-length': 0 }).end();
      if (!update) return;
      const { verification, occurredAt } = update;
      pubSub.publish(TOPIC, { ...update, occurredAt: new Date(occurredAt), verification: withDates(verification) });
    });
  });
  useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
  server.listen(port, '127.0.0.1');
}

const schema = await buildSchema({ resolvers: [VerificationResolver], pubSub });
if (process.env.BENCH_LIVE === 'true') startLiveServer(PORT);
else await startStandaloneServer(new ApolloServer({ schema }), { listen: { port: PORT, host: '127.0.0.1' } });
