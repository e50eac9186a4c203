import { impossible, invalid, mutate, notFound, refused } from '../support/mutate';
import { createCase, uploadDocuments } from '../support/simulatedPeople';
import { startGateway, type TestGateway } from '../support/startGateway';

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway();
});
beforeEach(() => app.simulator.control.clearFaults());
afterAll(() => app.close());

describe('applicants', () => {
  test('are created, changed, linked, monitored and deleted', async () => {
    const created = await mutate(
      app,
      'createApplicant',
      {
        externalId: 'customer-7',
        type: 'COMPANY',
        email: 'office@example.com',
        amlScreeningEnabled: true,
        info: { fullName: 'Example Ltd', country: 'GB', customFields: { tier: 'gold' } },
      },
      'applicant { id externalId type email screening { enabled } providedInfo { fullName country customFields } }',
    );
    expect(created).toEqual({
      userErrors: [],
      applicant: {
        id: expect.any(String),
        externalId: 'customer-7',
        type: 'COMPANY',
        email: 'office@example.com',
        screening: { enabled: true },
        providedInfo: { fullName: 'Example Ltd', country: 'GB', customFields: { tier: 'gold' } },
      },
    });
    const applicantId = created.applicant.id;

    const updated = await mutate(
      app,
      'updateApplicant',
      { applicantId, phone: '+44 20 1', dateOfBirth: '1990-02-28', gender: 'FEMALE' },
      'applicant { email phone providedInfo { fullName dateOfBirth gender } }',
    );
    expect(updated.applicant).toEqual({
      email: 'office@example.com',
      phone: '+44 20 1',
      providedInfo: { fullName: 'Example Ltd', dateOfBirth: '1990-02-28', gender: 'FEMALE' },
    });

    const linked = await mutate(
      app,
      'linkApplicantTelegram',
      { applicantId, telegramProfile: '123456' },
      'applicant { telegramProfile }',
    );
    expect(linked).toEqual({ userErrors: [], applicant: { telegramProfile: '123456' } });

    const screened = await mutate(
      app,
      'setApplicantScreening',
      { applicantId, enabled: false, searchOptions: { fuzzinessLevel: 0.5 } },
      'applicant { screening { enabled } }',
    );
    expect(screened).toEqual({ userErrors: [], applicant: { screening: { enabled: false } } });

    const deleted = await mutate(app, 'deleteApplicant', { applicantId }, 'deletedApplicantId');
    expect(deleted).toEqual({ userErrors: [], deletedApplicantId: applicantId });
    expect(await mutate(app, 'deleteApplicant', { applicantId }, 'deletedApplicantId')).toEqual({
      userErrors: [notFound()],
      deletedApplicantId: null,
    });
  });

  test('what Dataspike refuses is a user error, and nothing is answered as done', async () => {
    const { applicantId } = await createCase(app);
    expect(
      await mutate(app, 'linkApplicantTelegram', { applicantId, telegramProfile: '@anna' }, 'applicant { id }'),
    ).toEqual({ userErrors: [refused('tg_profile: must be a numeric id')], applicant: null });
  });

  test('a screening that changes nothing asks Dataspike to change nothing', async () => {
    const { applicantId } = await createCase(app);
    await mutate(app, 'setApplicantScreening', { applicantId }, 'applicant { id }');
    expect(app.simulator.requests().map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('verifications', () => {
  test('are created with all that the input says', async () => {
    const { applicantId, profileId } = await createCase(app);
    const created = await mutate(
      app,
      'createVerification',
      {
        applicantId,
        profileId,
        applicantCountry: 'DE',
        expirationMinutes: 10,
        checksRequired: ['PASSPORT', 'SELFIE'],
        redirectUrl: 'https://app.example.com/done',
      },
      'verification { status country createdAt expiresAt applicant { id } profile { id } session { pendingDocuments } }',
    );
    expect(created).toMatchObject({
      userErrors: [],
      verification: {
        status: 'INITIAL',
        country: 'DE',
        applicant: { id: applicantId },
        profile: { id: profileId },
        session: { pendingDocuments: ['PASSPORT', 'SELFIE'] },
      },
    });
    const { createdAt, expiresAt } = created.verification;
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(600_000);
  });

  test('need no input at all: a new applicant is made', async () => {
    const created = await mutate(app, 'createVerification', {}, 'verification { applicant { id } }');
    expect(created.verification.applicant.id).toEqual(expect.any(String));
  });

  test.each([0, -1, 10_081, 2_147_483_647])('cannot last %i minutes', async (expirationMinutes) => {
    app.simulator.control.clearRequests();
    expect(await mutate(app, 'createVerification', { expirationMinutes }, 'verification { id }')).toEqual({
      userErrors: [invalid('expirationMinutes must be from 1 to 10080', ['input', 'expirationMinutes'])],
      verification: null,
    });
    expect(app.simulator.requests()).toEqual([]);
  });

  test.each([1, 10_080])('can last %i minutes', async (expirationMinutes) => {
    expect((await mutate(app, 'createVerification', { expirationMinutes })).userErrors).toEqual([]);
  });

  test('of nobody, or under unknown rules, are not created', async () => {
    const unknown = { userErrors: [notFound()] };
    expect(await mutate(app, 'createVerification', { applicantId: 'nobody' })).toEqual(unknown);
    expect(await mutate(app, 'createVerification', { profileId: 'nothing' })).toEqual(unknown);
  });

  test('a fixed outcome is taken in the sandbox, and refused in production before Dataspike hears of it', async () => {
    const sandboxResult = { status: 'FAILED', errors: { documentMrz: [2000] } };
    expect((await mutate(app, 'createVerification', { sandboxResult })).userErrors).toEqual([]);
    expect((await mutate(app, 'createVerification', { sandboxResult: { status: 'UNKNOWN' } })).userErrors).toEqual([
      refused('The sandbox result needs a status that Dataspike knows'),
    ]);
    const production = await startGateway({ DATASPIKE_ENVIRONMENT: 'production' });
    try {
      expect(await mutate(production, 'createVerification', { sandboxResult }, 'verification { id }')).toEqual({
        userErrors: [invalid('sandboxResult is refused in production', ['input', 'sandboxResult'])],
        verification: null,
      });
      expect(production.simulator.requests()).toEqual([]);
    } finally {
      await production.close();
    }
  });

  test('cannot proceed without documents: the refusal names them', async () => {
    const { verificationId } = await createCase(app);
    expect(await mutate(app, 'proceedVerification', { verificationId }, 'verification { id }')).toEqual({
      userErrors: [
        {
          __typename: 'DocumentsMissingError',
          code: 'DOCUMENTS_MISSING',
          message: 'Documents are missing',
          path: null,
          pendingDocuments: ['POI', 'SELFIE'],
          countryRequired: false,
        },
      ],
      verification: null,
    });
  });

  test('under a profile with countries need one first', async () => {
    const { data } = await app.graphql('{ profiles { id name } }');
    const strict = data.profiles.find(({ name }: { name: string }) => name === 'Strict');
    const created = await mutate(app, 'createVerification', { profileId: strict.id }, 'verification { id }');
    const verificationId = created.verification.id;
    const [refusal] = (await mutate(app, 'proceedVerification', { verificationId })).userErrors;
    expect(refusal).toMatchObject({ __typename: 'DocumentsMissingError', countryRequired: true });
    const elsewhere = await mutate(app, 'setVerificationCountry', { verificationId, country: 'BR' });
    expect(elsewhere.userErrors).toMatchObject([{ __typename: 'ValidationError', code: 'REFUSED' }]);
    const set = await mutate(
      app,
      'setVerificationCountry',
      { verificationId, country: 'DE' },
      'verification { country }',
    );
    expect(set).toEqual({ userErrors: [], verification: { country: 'DE' } });
    expect((await mutate(app, 'proceedVerification', { verificationId })).userErrors).toMatchObject([
      { countryRequired: false },
    ]);
  });

  test('proceed once: the second time it is too late', async () => {
    const { applicantId, verificationId } = await createCase(app, { sandboxStatus: 'in_progress' });
    await uploadDocuments(app, applicantId);
    const first = await mutate(app, 'proceedVerification', { verificationId }, 'verification { status }');
    expect(first).toEqual({ userErrors: [], verification: { status: 'IN_PROGRESS' } });
    expect(await mutate(app, 'proceedVerification', { verificationId }, 'verification { id }')).toEqual({
      userErrors: [impossible('IN_PROGRESS')],
      verification: null,
    });
  });

  test.each([
    ['proceedVerification', 'verified', 'VERIFIED'],
    ['proceedVerification', 'expired', 'EXPIRED'],
    ['proceedVerification', 'canceled', 'CANCELED'],
    ['cancelVerification', 'verified', 'VERIFIED'],
    ['cancelVerification', 'failed', 'FAILED'],
    ['setVerificationCountry', 'verified', 'VERIFIED'],
  ] as const)('%s of one that is %s is no transition', async (name, status, currentStatus) => {
    const { verificationId } = await createCase(app);
    app.simulator.control.forceVerification(verificationId, { status, errors: {} });
    const input = { verificationId, ...(name === 'setVerificationCountry' && { country: 'DE' }) };
    expect((await mutate(app, name, input)).userErrors).toEqual([impossible(currentStatus)]);
  });

  test('that run out of time are expired', async () => {
    const { verificationId } = await createCase(app, { expirationMinutes: 1 });
    app.simulator.control.advanceClock(61_000);
    expect((await mutate(app, 'proceedVerification', { verificationId })).userErrors).toEqual([impossible('EXPIRED')]);
  });

  test('are canceled, and once more without harm', async () => {
    const { verificationId } = await createCase(app);
    for (let time = 0; time < 2; time += 1) {
      expect(await mutate(app, 'cancelVerification', { verificationId }, 'verification { status isFinal }')).toEqual({
        userErrors: [],
        verification: { status: 'CANCELED', isFinal: true },
      });
    }
  });
});
