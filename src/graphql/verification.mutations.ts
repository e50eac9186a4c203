import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { DataspikeClient } from '../dataspike/client';
import { readDocumentType } from '../dataspike/documentWire';
import { DataspikeError, UpstreamRefused } from '../dataspike/errors';
import type { CallSignal } from '../dataspike/stopSignal';
import type { Verification, VerificationStatus } from '../dataspike/verification';
import { EventLogUnavailable } from '../events/eventLog';
import type { OperationContext } from './context';
import { ABSENT, UNKNOWN } from './creations';
import { Scoped } from './scopes';
import {
  DocumentsMissingError,
  InvalidTransitionError,
  invalidInput,
  NotFoundError,
  Refusal,
  settle,
  settleCreation,
  type UserError,
} from './userErrors';
import {
  CancelVerificationInput,
  CancelVerificationPayload,
  CreateVerificationInput,
  CreateVerificationPayload,
  ProceedVerificationInput,
  ProceedVerificationPayload,
  SetVerificationCountryInput,
  SetVerificationCountryPayload,
} from './verification.inputs';

@Resolver()
export class VerificationMutations {
  @Scoped('kyc:write')
  @Mutation(() => CreateVerificationPayload, {
    description: 'Creates a verification; its session says how to go on. REST: `POST /api/v3/verifications`.',
  })
  createVerification(
    @Arg('input', () => CreateVerificationInput, { description: 'For whom, and how.' }) input: CreateVerificationInput,
    @Ctx() context: OperationContext,
  ): Promise<CreateVerificationPayload> {
    return settleCreation(async () => {
      checkInput(input, context);
      const made: Verification[] = [];
      const id = await context.services.creations.run(context, {
        name: 'createVerification',
        input,
        async create(signal) {
          const verification = await context.client.createVerification(input, signal);
          made.push(verification);
          return verification.id;
        },
        recover: (...since) => findCreated(input, context.client, ...since),
      });
      const [created] = made;
      if (!created) return readAgain(context, id);
      forgetApplicant(context, created);
      await record(context, created);
      return { verification: created };
    });
  }

  @Scoped('kyc:write')
  @Mutation(() => ProceedVerificationPayload, {
    description: 'Submits the documents for checking. REST: `POST /api/v3/verifications/{verification_id}/proceed`.',
  })
  proceedVerification(
    @Arg('input', () => ProceedVerificationInput, { description: 'Which one.' })
    { verificationId }: ProceedVerificationInput,
    @Ctx() context: OperationContext,
  ): Promise<ProceedVerificationPayload> {
    return settle(
      async () => {
        await context.client.proceedVerification(verificationId, context.signal);
        return readAgain(context, verificationId);
      },
      async (error) => documentsMissing(error) ?? wrongState(error, context, verificationId, ['INITIAL', 'PENDING']),
    );
  }

  @Scoped('kyc:write')
  @Mutation(() => CancelVerificationPayload, {
    description:
      'Cancels a verification that is not decided yet. REST: `POST /api/v3/verifications/{verification_id}/cancel`.',
  })
  cancelVerification(
    @Arg('input', () => CancelVerificationInput, { description: 'Which one.' })
    { verificationId }: CancelVerificationInput,
    @Ctx() context: OperationContext,
  ): Promise<CancelVerificationPayload> {
    return settle(
      async () => {
        await context.client.cancelVerification(verificationId, context.signal);
        return readAgain(context, verificationId);
      },
      (error) => wrongState(error, context, verificationId, ['INITIAL', 'PENDING', 'IN_PROGRESS']),
    );
  }

  @Scoped('kyc:write')
  @Mutation(() => SetVerificationCountryPayload, {
    description: 'Says which country issued the document. REST: `POST /api/v3/sdk/{short_id}/set_country`.',
  })
  setVerificationCountry(
    @Arg('input', () => SetVerificationCountryInput, { description: 'Which one, and which country.' })
    { verificationId, country }: SetVerificationCountryInput,
    @Ctx() context: OperationContext,
  ): Promise<SetVerificationCountryPayload> {
    return settle(
      async () => {
        const { client, loaders, signal } = context;
        const shortId = (await loaders.verification.load(verificationId))?.shortId;
        if (shortId == null) throw new Refusal(new NotFoundError(['input', 'verificationId']));
        await client.sdkSetCountry(shortId, country, signal);
        return readAgain(context, verificationId);
      },
      (error) => wrongState(error, context, verificationId, ['INITIAL', 'PENDING']),
    );
  }
}

function checkInput(input: CreateVerificationInput, { services }: OperationContext): void {
  const minutes = input.expirationMinutes;
  if (minutes != null && (minutes < 1 || minutes > 10_080)) {
    throw invalidInput('expirationMinutes must be from 1 to 10080', 'expirationMinutes');
  }
  if (input.sandboxResult != null && services.environment === 'production') {
    throw invalidInput('sandboxResult is refused in production', 'sandboxResult');
  }
}

/** Dataspike's clock may be behind ours, and its timestamps may lack the fraction of a second. */
const CLOCK_SLACK_MS = 1000;
/** The maximum is not established, 100 is safe (guide, section 5). */
const LOOKED_AT = 100;

/** The applicant's one verification of this profile that was made since then, and that nobody was told is his. */
async function findCreated(
  { applicantId, profileId }: CreateVerificationInput,
  client: DataspikeClient,
  sinceMs: number,
  signal: CallSignal,
  isTaken: (id: string) => boolean,
) {
  if (applicantId == null) return UNKNOWN;
  const page = await client.listVerificationsForApplicant(applicantId, { page: 0, limit: LOOKED_AT }, signal);
  const candidates = (page?.items ?? []).filter(
    (verification) =>
      verification.createdAt !== null &&
      Date.parse(verification.createdAt) >= sinceMs - CLOCK_SLACK_MS &&
      (profileId ?? verification.profileId) === verification.profileId &&
      !isTaken(verification.id),
  );
  const [first] = candidates;
  if (candidates.length > 1) return UNKNOWN;
  if (first) return first.id;
  return page?.hasNext ? UNKNOWN : ABSENT;
}

function documentsMissing(error: DataspikeError): UserError | null {
  if (!(error instanceof UpstreamRefused)) return null;
  const { refusal } = error;
  const countryRequired = refusal.error === 'country_unknown';
  if (!countryRequired && refusal.pendingDocuments.length === 0) return null;
  return new DocumentsMissingError(
    refusal.pendingDocuments.map((word) => readDocumentType(word) ?? 'UNKNOWN'),
    countryRequired,
  );
}

async function wrongState(
  error: DataspikeError,
  context: OperationContext,
  verificationId: string,
  allowed: readonly VerificationStatus[],
): Promise<UserError | null> {
  if (!(error instanceof UpstreamRefused)) return null;
  const { verification } = forgetAndLoad(context, verificationId);
  const status = (await verification)?.status;
  return status === undefined || allowed.includes(status) ? null : new InvalidTransitionError(status);
}

/** The change is done; when the verification cannot be read back, that is an error of the field, not of the mutation. */
function readAgain(context: OperationContext, verificationId: string) {
  const { verification } = forgetAndLoad(context, verificationId);
  return {
    verification: verification.then(async (found) => {
      if (!found) return null;
      forgetApplicant(context, found);
      await record(context, found);
      return found;
    }),
  };
}

function forgetAndLoad({ services, loaders }: OperationContext, verificationId: string) {
  services.cache.forget('verification', verificationId);
  return { verification: loaders.verification.clear(verificationId).load(verificationId) };
}

/** The applicant's status and newest verification follow from the verification. */
function forgetApplicant({ services, loaders }: OperationContext, { applicantId }: Verification): void {
  if (applicantId === null) return;
  services.cache.forget('applicant', applicantId);
  loaders.applicant.clear(applicantId);
}

/** Watchers hear of it at once. When that cannot be done now, they hear of it from Dataspike. */
async function record({ services }: OperationContext, verification: Verification): Promise<void> {
  await services.recorder.recordKnown(verification, 'MUTATION').catch((error: unknown) => {
    if (!(error instanceof DataspikeError || error instanceof EventLogUnavailable)) throw error;
  });
}
