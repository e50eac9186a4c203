import { createCase, type SimulatedCase, uploadDocuments } from '../support/simulatedPeople';
import { callSimulator, startGateway, type TestGateway } from '../support/startGateway';

let app: TestGateway;
beforeAll(async () => {
  // Checks do not end before what was proceeded has been read.
  app = await startGateway({}, { checkDurationMs: 60_000 });
  // Deliveries would make the reads fresh, too; here it is the mutations' own work.
  app.simulator.control.addDeliveryFault('hold', 0);
});
afterAll(() => app.close());

interface Given extends SimulatedCase {
  /** A profile that is not the default, and its link. */
  readonly otherProfileId: string;
  readonly linkId: string;
}

async function prepare(): Promise<Given> {
  const known = await createCase(app);
  await uploadDocuments(app, known.applicantId);
  const profile = await callSimulator(app.simulator, 'POST', '/api/v3/profiles', { name: `for ${known.applicantId}` });
  const { id: otherProfileId } = (await profile.json()) as { id: string };
  const link = await callSimulator(app.simulator, 'POST', `/api/v3/profiles/${otherProfileId}/link`, {});
  const { link_id: linkId } = (await link.json()) as { link_id: string };
  return { ...known, otherProfileId, linkId };
}

const VARIABLES = '$applicantId: ID!, $verificationId: ID!, $profileId: ID!, $otherProfileId: ID!, $linkId: ID!';

/** Every entity that a mutation can change. */
const EVERYTHING = `query (${VARIABLES.replace(', $linkId: ID!', '')}) {
  applicant(id: $applicantId) {
    email telegramProfile screening { enabled } verificationStatus latestVerification { id status }
  }
  verification(id: $verificationId) { status country }
  standard: profile(id: $profileId) { isDefault }
  other: profile(id: $otherProfileId) { name isDefault isArchived link { id archivedAt } }
}`;

async function readEverything({ linkId: _, ...ids }: Given) {
  const { data, errors } = await app.graphql(EVERYTHING, ids);
  expect(errors).toBeUndefined();
  return data;
}

const changes: readonly [mutation: string, seen: (given: Given) => unknown][] = [
  [
    'updateApplicant(input: { applicantId: $applicantId, email: "b@example.com" })',
    () => ({ applicant: { email: 'b@example.com' } }),
  ],
  ['deleteApplicant(input: { applicantId: $applicantId })', () => ({ applicant: null })],
  [
    'linkApplicantTelegram(input: { applicantId: $applicantId, telegramProfile: "42" })',
    () => ({ applicant: { telegramProfile: '42' } }),
  ],
  [
    'setApplicantScreening(input: { applicantId: $applicantId, enabled: true })',
    () => ({ applicant: { screening: { enabled: true } } }),
  ],
  [
    'createVerification(input: { applicantId: $applicantId })',
    ({ verificationId }) => ({
      applicant: { latestVerification: { id: expect.not.stringContaining(verificationId), status: 'INITIAL' } },
    }),
  ],
  [
    'proceedVerification(input: { verificationId: $verificationId })',
    () => ({
      verification: { status: 'IN_PROGRESS' },
      applicant: { verificationStatus: 'QUEUED', latestVerification: { status: 'IN_PROGRESS' } },
    }),
  ],
  [
    'cancelVerification(input: { verificationId: $verificationId })',
    () => ({ verification: { status: 'CANCELED' }, applicant: { latestVerification: { status: 'CANCELED' } } }),
  ],
  [
    'setVerificationCountry(input: { verificationId: $verificationId, country: "DE" })',
    () => ({ verification: { country: 'DE' } }),
  ],
  ['updateProfile(input: { profileId: $otherProfileId, name: "Renamed" })', () => ({ other: { name: 'Renamed' } })],
  ['deleteProfile(input: { profileId: $otherProfileId })', () => ({ other: { isArchived: true } })],
  [
    'setDefaultProfile(input: { profileId: $otherProfileId })',
    () => ({ standard: { isDefault: false }, other: { isDefault: true } }),
  ],
  [
    'createProfileLink(input: { profileId: $otherProfileId })',
    ({ linkId }) => ({ other: { link: { id: expect.not.stringContaining(linkId) } } }),
  ],
  [
    'archiveProfileLink(input: { linkId: $linkId })',
    () => ({ other: { link: { archivedAt: expect.stringMatching(/Z$/) } } }),
  ],
];

test.each(changes)('%s is seen by the next operation', async (mutation, seen) => {
  const given = await prepare();
  const expected = seen(given) as object;
  expect(await readEverything(given)).not.toMatchObject(expected);
  // Nobody selects the entity: that it is read again must not be what makes it fresh.
  const { data, errors } = await app.graphql(
    `mutation (${usedBy(mutation)}) { done: ${mutation} { userErrors { message } } }`,
    { ...given },
  );
  expect(errors).toBeUndefined();
  expect(data.done).toEqual({ userErrors: [] });
  expect(await readEverything(given)).toMatchObject(expected);
  await callSimulator(app.simulator, 'POST', `/api/v3/profiles/${given.profileId}/set_default`, {});
});

test('unarchiveProfileLink is seen by the next operation', async () => {
  const given = await prepare();
  await callSimulator(app.simulator, 'DELETE', `/api/v3/profiles/link/${given.linkId}`, undefined);
  expect((await readEverything(given)).other.link.archivedAt).not.toBeNull();
  await app.graphql(
    'mutation ($linkId: ID!) { unarchiveProfileLink(input: { linkId: $linkId }) { userErrors { code } } }',
    { linkId: given.linkId },
  );
  expect((await readEverything(given)).other.link).toEqual({ id: given.linkId, archivedAt: null });
});

test('each mutation of an operation answers with what it and those before it have done', async () => {
  const given = await prepare();
  const applicant = 'applicant { email verificationStatus latestVerification { id status } }';
  const { data, errors } = await app.graphql(
    `mutation (${VARIABLES.replace('$profileId: ID!, ', '')}) {
      a: updateApplicant(input: { applicantId: $applicantId, email: "1@example.com" }) { ${applicant} }
      b: updateApplicant(input: { applicantId: $applicantId, email: "2@example.com" }) { ${applicant} }
      c: proceedVerification(input: { verificationId: $verificationId }) { verification { status ${applicant} } }
      d: cancelVerification(input: { verificationId: $verificationId }) { verification { status ${applicant} profile { isDefault } } }
      e: createVerification(input: { applicantId: $applicantId }) { verification { id status ${applicant} } }
      f: createProfileLink(input: { profileId: $otherProfileId }) { link { id archivedAt } }
      g: archiveProfileLink(input: { linkId: $linkId }) { link { id archivedAt } }
      h: setDefaultProfile(input: { profileId: $otherProfileId }) { profile { isDefault } }
      i: setVerificationCountry(input: { verificationId: $verificationId, country: "DE" }) { userErrors { code } }
      j: cancelVerification(input: { verificationId: $verificationId }) { verification { profile { isDefault } } }
    }`,
    { ...given },
  );
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    a: { applicant: { email: '1@example.com' } },
    b: { applicant: { email: '2@example.com', verificationStatus: 'INITIAL' } },
    c: {
      verification: {
        status: 'IN_PROGRESS',
        applicant: { verificationStatus: 'QUEUED', latestVerification: { status: 'IN_PROGRESS' } },
      },
    },
    d: { verification: { status: 'CANCELED', applicant: { latestVerification: { status: 'CANCELED' } } } },
    e: { verification: { applicant: { latestVerification: { id: data.e.verification.id } } } },
    f: { link: { archivedAt: null } },
    // The other link took its place: Dataspike reads a profile's newest link only.
    g: { link: null },
    h: { profile: { isDefault: true } },
    j: { verification: { profile: { isDefault: false } } },
  });
});

/** Variables that a mutation uses, as it declares them. */
function usedBy(mutation: string): string {
  return VARIABLES.split(', ')
    .filter((variable) => mutation.includes(variable.split(':')[0] ?? ''))
    .join(', ');
}
