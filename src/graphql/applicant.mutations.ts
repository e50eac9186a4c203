import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Applicant } from '../dataspike/applicant';
import type { DataspikeClient } from '../dataspike/client';
import type { CallSignal } from '../dataspike/stopSignal';
import {
  CreateApplicantInput,
  CreateApplicantPayload,
  DeleteApplicantInput,
  DeleteApplicantPayload,
  LinkApplicantTelegramInput,
  LinkApplicantTelegramPayload,
  SetApplicantScreeningInput,
  SetApplicantScreeningPayload,
  UpdateApplicantInput,
  UpdateApplicantPayload,
} from './applicant.inputs';
import type { OperationContext } from './context';
import { ABSENT, UNKNOWN } from './creations';
import { Scoped } from './scopes';
import { settle, settleCreation } from './userErrors';

@Resolver()
export class ApplicantMutations {
  @Scoped('kyc:write')
  @Mutation(() => CreateApplicantPayload, { description: 'Creates an applicant. REST: `POST /api/v3/applicants`.' })
  createApplicant(
    @Arg('input', () => CreateApplicantInput, { description: 'Who it is.' }) input: CreateApplicantInput,
    @Ctx() context: OperationContext,
  ): Promise<CreateApplicantPayload> {
    const { services, client } = context;
    return settleCreation(async () => {
      const id = await services.creations.run(context, {
        name: 'createApplicant',
        input,
        create: (signal) => client.createApplicant(input, signal),
        recover: (_sinceMs, signal, isTaken) => findCreated(input, client, signal, isTaken),
      });
      return readAgain(context, id);
    });
  }

  @Scoped('kyc:write')
  @Mutation(() => UpdateApplicantPayload, {
    description: 'Changes what is known about an applicant. REST: `POST /api/v3/applicants/{applicant_id}`.',
  })
  updateApplicant(
    @Arg('input', () => UpdateApplicantInput, { description: 'What to change.' })
    { applicantId, ...changes }: UpdateApplicantInput,
    @Ctx() context: OperationContext,
  ): Promise<UpdateApplicantPayload> {
    return settle(async () => {
      await context.client.updateApplicantInfo(applicantId, changes, context.signal);
      return readAgain(context, applicantId);
    });
  }

  @Scoped('kyc:admin')
  @Mutation(() => DeleteApplicantPayload, {
    description: 'Deletes an applicant. REST: `DELETE /api/v3/applicants/{applicant_id}`.',
  })
  deleteApplicant(
    @Arg('input', () => DeleteApplicantInput, { description: 'Whom.' }) { applicantId }: DeleteApplicantInput,
    @Ctx() context: OperationContext,
  ): Promise<DeleteApplicantPayload> {
    return settle(async () => {
      await context.client.deleteApplicant(applicantId, context.signal);
      forget(context, applicantId);
      return { deletedApplicantId: applicantId };
    });
  }

  @Scoped('kyc:write')
  @Mutation(() => LinkApplicantTelegramPayload, {
    description: 'Links a Telegram user to an applicant. REST: `POST /api/v3/applicants/{applicant_id}/link/tg`.',
  })
  linkApplicantTelegram(
    @Arg('input', () => LinkApplicantTelegramInput, { description: 'Whom, and to which user.' })
    { applicantId, telegramProfile }: LinkApplicantTelegramInput,
    @Ctx() context: OperationContext,
  ): Promise<LinkApplicantTelegramPayload> {
    return settle(async () => {
      await context.client.linkApplicantTelegram(applicantId, telegramProfile, context.signal);
      return readAgain(context, applicantId);
    });
  }

  @Scoped('kyc:write')
  @Mutation(() => SetApplicantScreeningPayload, {
    description:
      'Switches and tunes daily AML monitoring of an applicant. REST: `POST /api/v3/applicants/{applicant_id}/screening` and `POST /api/v3/applicants/{applicant_id}/search-options`.',
  })
  setApplicantScreening(
    @Arg('input', () => SetApplicantScreeningInput, { description: 'What to change.' })
    { applicantId, enabled, searchOptions }: SetApplicantScreeningInput,
    @Ctx() context: OperationContext,
  ): Promise<SetApplicantScreeningPayload> {
    const { client, signal } = context;
    return settle(async () => {
      if (enabled != null) await client.changeApplicantAmlScreening(applicantId, enabled, signal);
      if (searchOptions != null) await client.changeApplicantSearchOptions(applicantId, searchOptions, signal);
      return readAgain(context, applicantId);
    });
  }
}

/** Dataspike does not say when an applicant was made: one who has been used before cannot be this one. */
async function findCreated(
  { externalId, email, phone }: CreateApplicantInput,
  client: DataspikeClient,
  signal: CallSignal,
  isTaken: (id: string) => boolean,
) {
  if (externalId == null || externalId === '') return UNKNOWN;
  const found = await client.getApplicantByExternalId(externalId, signal);
  if (!found) return ABSENT;
  const isNew = found.verificationStatus === 'INITIAL' && found.latestVerificationId === null && !isTaken(found.id);
  const isAsAsked = (email ?? found.email) === found.email && (phone ?? found.phone) === found.phone;
  return isNew && isAsAsked ? found.id : UNKNOWN;
}

function forget({ services, loaders }: OperationContext, applicantId: string): void {
  services.cache.forget('applicant', applicantId);
  loaders.applicant.clear(applicantId);
}

/** The change is done; when the applicant cannot be read back, that is an error of the field, not of the mutation. */
function readAgain(context: OperationContext, applicantId: string): { applicant: Promise<Applicant | null> } {
  forget(context, applicantId);
  return { applicant: context.loaders.applicant.load(applicantId) };
}
