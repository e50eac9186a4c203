import { Field, InterfaceType, ObjectType } from 'type-graphql';
import { DocumentType } from '../dataspike/document';
import { DataspikeError, UpstreamNotFound, UpstreamRefused } from '../dataspike/errors';
import { VerificationStatus } from '../dataspike/verification';
import { UserErrorCode } from './enums';

@InterfaceType({
  description: 'A refusal that the user can mend. Everything else is a top-level error.',
  resolveType: (error: UserError) => error.constructor.name,
})
export abstract class UserError {
  @Field(() => String, { description: 'What is wrong, for a person, in English.' })
  message: string;

  @Field(() => UserErrorCode, { description: 'What kind of refusal it is, for a program.' })
  code: UserErrorCode;

  @Field(() => [String], { nullable: true, description: 'Where in the arguments, for example ["input", "country"].' })
  path: readonly string[] | null;

  constructor(code: UserErrorCode, message: string, path: readonly string[] | null = null) {
    this.code = code;
    this.message = message;
    this.path = path;
  }
}

@ObjectType({ implements: UserError, simpleResolvers: true, description: 'The input is not acceptable.' })
export class ValidationError extends UserError {}

@ObjectType({ implements: UserError, simpleResolvers: true, description: 'What the input names does not exist.' })
export class NotFoundError extends UserError {
  constructor(path: readonly string[] | null = null) {
    super('NOT_FOUND', 'Not found', path);
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'A verification cannot go from where it stands to where you asked.',
})
export class InvalidTransitionError extends UserError {
  @Field(() => VerificationStatus, { description: 'Where the verification stands instead.' })
  currentStatus: VerificationStatus;

  constructor(currentStatus: VerificationStatus) {
    super('INVALID_TRANSITION', `This is not possible while the verification is ${currentStatus}`);
    this.currentStatus = currentStatus;
  }
}

@ObjectType({ implements: UserError, simpleResolvers: true, description: 'proceedVerification: something is missing.' })
export class DocumentsMissingError extends UserError {
  @Field(() => [DocumentType], { description: 'What must be uploaded before it can proceed.' })
  pendingDocuments: readonly DocumentType[];

  @Field(() => Boolean, { description: 'Call setVerificationCountry first.' })
  countryRequired: boolean;

  constructor(pendingDocuments: readonly DocumentType[], countryRequired: boolean) {
    super('DOCUMENTS_MISSING', countryRequired ? 'The country is not known yet' : 'Documents are missing');
    this.pendingDocuments = pendingDocuments;
    this.countryRequired = countryRequired;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'Dataspike did not answer, and we could not find out whether it was done.',
})
export class UncertainOutcomeError extends UserError {
  constructor() {
    super('UNCERTAIN_OUTCOME', 'Dataspike gave no clear answer: it may have been done. Look before you try again.');
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The idempotencyKey was used for other input, or for another mutation, within the last 24 hours.',
})
export class IdempotencyConflictError extends UserError {
  constructor() {
    super('IDEMPOTENCY_CONFLICT', 'The idempotencyKey stands for something else', ['input', 'idempotencyKey']);
  }
}

/** What every payload has beside its entity. */
@ObjectType({ simpleResolvers: true })
export abstract class MutationPayload {
  @Field(() => [UserError], { description: 'Why nothing was done; empty when it was.' })
  userErrors!: readonly UserError[];
}

/** Thrown inside a mutation to end it with user errors. */
export class Refusal extends Error {
  readonly userErrors: readonly UserError[];
  constructor(...userErrors: UserError[]) {
    super('The mutation was refused');
    this.userErrors = userErrors;
  }
}

/** Gives a better answer to an error than its text; null for none. */
export type Explain = (error: DataspikeError) => Promise<UserError | null>;

/**
 * Runs a mutation: what Dataspike refuses becomes user errors, an outage is thrown on.
 * @param work gives the payload's own fields; a promise in a field is settled as that field
 */
export async function settle<T extends object>(
  work: () => Promise<T>,
  explain: Explain = async () => null,
): Promise<Partial<T> & MutationPayload> {
  try {
    const fields = await work();
    // What follows a change is done before the mutation is answered, also for a field that nobody selected and whose
    // error nobody would catch.
    await Promise.allSettled(Object.values(fields));
    return { ...fields, userErrors: [] };
  } catch (error) {
    return { userErrors: await toUserErrors(error, explain) } as Partial<T> & MutationPayload;
  }
}

/** Runs a mutation that creates something: without an answer nobody knows whether it exists now. */
export function settleCreation<T extends object>(work: () => Promise<T>): Promise<Partial<T> & MutationPayload> {
  return settle(work, async (error) => (error.mayBeDone ? new UncertainOutcomeError() : null));
}

/** @param message for a person; @param field the input's field */
export function invalidInput(message: string, field: string): Refusal {
  return new Refusal(new ValidationError('INVALID', message, ['input', field]));
}

async function toUserErrors(error: unknown, explain: Explain): Promise<readonly UserError[]> {
  if (error instanceof Refusal) return error.userErrors;
  if (!(error instanceof DataspikeError)) throw error;
  const explained = await explain(error).catch(ignoreOutage);
  if (explained) return [explained];
  if (error instanceof UpstreamNotFound) return [new NotFoundError()];
  if (!(error instanceof UpstreamRefused)) throw error;
  const { validationErrors, text } = error.refusal;
  if (validationErrors.length > 0) return validationErrors.map((message) => new ValidationError('INVALID', message));
  return [new ValidationError('REFUSED', text ?? 'Dataspike refused the input')];
}

/** The first error is the answer, even when nobody can say more about it. */
function ignoreOutage(error: unknown): null {
  if (error instanceof DataspikeError) return null;
  throw error;
}
