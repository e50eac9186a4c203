import { randomUUID } from 'node:crypto';
import { invalid, mutate, notFound, refused } from '../support/mutate';
import { startGateway, type TestGateway } from '../support/startGateway';

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway();
});
afterAll(() => app.close());

const PROFILE = 'profile { id name description isDefault isArchived settings link { id } }';

describe('profiles', () => {
  test('are created, changed, made the default and archived', async () => {
    const input = { name: 'Quick', description: 'One document', settings: { poi_required: true, poa_required: false } };
    const { profile, userErrors } = await mutate(app, 'createProfile', input, PROFILE);
    expect(userErrors).toEqual([]);
    expect(profile).toMatchObject({ ...input, isDefault: false, isArchived: false, link: null });
    const profileId = profile.id;

    const changed = await mutate(app, 'updateProfile', { profileId, description: 'Two documents' }, PROFILE);
    expect(changed.profile).toMatchObject({ name: 'Quick', description: 'Two documents', settings: input.settings });

    const byDefault = await mutate(app, 'setDefaultProfile', { profileId }, PROFILE);
    expect(byDefault).toMatchObject({ userErrors: [], profile: { isDefault: true } });
    const { data } = await app.graphql('{ profiles { name isDefault } }');
    expect(data.profiles.filter(({ isDefault }: { isDefault: boolean }) => isDefault)).toHaveLength(1);

    const archived = await mutate(app, 'deleteProfile', { profileId }, PROFILE);
    expect(archived).toMatchObject({ userErrors: [], profile: { id: profileId, isArchived: true } });
    expect((await mutate(app, 'setDefaultProfile', { profileId })).userErrors).toEqual([notFound()]);
  });

  test('have names of their own', async () => {
    const { userErrors, profile } = await mutate(app, 'createProfile', { name: 'Strict' }, PROFILE);
    expect({ userErrors, profile }).toEqual({ userErrors: [refused('name: is taken')], profile: null });
  });

  test.each([[['a list']], 'text', 1, true])('have settings that are an object, not %j', async (settings) => {
    const wrong = [invalid('settings must be an object', ['input', 'settings'])];
    expect((await mutate(app, 'createProfile', { name: 'Odd', settings })).userErrors).toEqual(wrong);
    expect((await mutate(app, 'updateProfile', { profileId: 'x', settings })).userErrors).toEqual(wrong);
  });
});

describe('links', () => {
  async function makeProfile(): Promise<string> {
    const { profile } = await mutate(app, 'createProfile', { name: randomUUID() }, 'profile { id }');
    return profile.id;
  }

  const LINK = 'link { id webUrl telegramUrl expirationMinutes archivedAt }';

  test('are made for a profile, switched off and on again', async () => {
    const { profile } = await mutate(app, 'createProfile', { name: 'Linked' }, PROFILE);
    const created = await mutate(app, 'createProfileLink', { profileId: profile.id, expirationMinutes: 30 }, LINK);
    expect(created.userErrors).toEqual([]);
    expect(created.link).toMatchObject({
      webUrl: expect.stringMatching(/^https:/),
      expirationMinutes: 30,
      archivedAt: null,
    });
    const linkId = created.link.id;
    const off = await mutate(app, 'archiveProfileLink', { linkId }, LINK);
    expect(off).toEqual({ userErrors: [], link: { ...created.link, archivedAt: expect.stringMatching(/Z$/) } });
    const on = await mutate(app, 'unarchiveProfileLink', { linkId }, LINK);
    expect(on).toEqual({ userErrors: [], link: created.link });
  });

  test.each([0, -5])('cannot give %i minutes', async (expirationMinutes) => {
    const profileId = await makeProfile();
    expect((await mutate(app, 'createProfileLink', { profileId, expirationMinutes })).userErrors).toEqual([
      invalid('expirationMinutes must be at least 1', ['input', 'expirationMinutes']),
    ]);
  });

  test('what only Dataspike can judge is refused in its words', async () => {
    const profileId = await makeProfile();
    const { userErrors } = await mutate(app, 'createProfileLink', { profileId, expirationMinutes: 20_000 });
    expect(userErrors).toMatchObject([{ __typename: 'ValidationError', code: 'REFUSED' }]);
  });
});

describe('webhooks', () => {
  const WEBHOOK = 'webhook { id url eventTypes enabled isSandbox }';
  const url = 'https://kyc.example.com/webhooks/dataspike';

  test('show their secret in the answer to creating and rotating, and nowhere else', async () => {
    const created = await mutate(app, 'createWebhook', { url, eventTypes: ['DOCVER'] }, `secret ${WEBHOOK}`);
    expect(created).toEqual({
      userErrors: [],
      secret: expect.stringMatching(/^whsec_[0-9a-f]{64}$/),
      webhook: { id: expect.any(String), url, eventTypes: ['DOCVER'], enabled: true, isSandbox: false },
    });
    const webhookId = created.webhook.id;
    const rotated = await mutate(app, 'rotateWebhookSecret', { webhookId }, `secret ${WEBHOOK}`);
    expect(rotated).toEqual({ ...created, secret: expect.stringMatching(/^whsec_/) });
    expect(rotated.secret).not.toBe(created.secret);

    const all = await app.graphql(
      `{ webhooks { id url eventTypes enabled isSandbox } webhookDeliveries { nodes { id } } }`,
    );
    expect(all.data.webhooks).toContainEqual(created.webhook);
    const elsewhere = JSON.stringify(all) + app.logLines().join('');
    for (const secret of [created.secret, rotated.secret, 'whsec_', 'CNRY']) expect(elsewhere).not.toContain(secret);
  });

  test('keep what an update leaves out, and end when they are deleted', async () => {
    const input = { url, eventTypes: ['DOCVER', 'AML_SCREENING'], enabled: false, isSandbox: true };
    const { webhook } = await mutate(app, 'createWebhook', input, WEBHOOK);
    const webhookId = webhook.id;
    const enabled = await mutate(app, 'updateWebhook', { webhookId, enabled: true }, WEBHOOK);
    expect(enabled).toEqual({ userErrors: [], webhook: { id: webhookId, ...input, enabled: true } });
    const narrowed = await mutate(app, 'updateWebhook', { webhookId, eventTypes: ['DOCVER'] }, WEBHOOK);
    expect(narrowed.webhook).toEqual({ id: webhookId, ...input, enabled: true, eventTypes: ['DOCVER'] });

    const deleted = await mutate(app, 'deleteWebhook', { webhookId }, 'deletedWebhookId');
    expect(deleted).toEqual({ userErrors: [], deletedWebhookId: webhookId });
    const { data } = await app.graphql('{ webhooks { id } }');
    expect(data.webhooks).not.toContainEqual({ id: webhookId });
  });

  test.each(['ftp://example.com/', 'javascript:alert(1)', '/relative', ''])('cannot go to %j', async (wrong) => {
    const answer = await app.graphql(
      'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { userErrors { code } } }',
      { input: { url: wrong, eventTypes: ['DOCVER'] } },
    );
    expect(answer.status).toBe(400);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('of kinds that Dataspike does not know are refused in its words', async () => {
    const { userErrors } = await mutate(app, 'createWebhook', { url, eventTypes: ['EVERYTHING'] });
    expect(userErrors).toMatchObject([{ code: 'REFUSED', message: expect.stringContaining('event_types') }]);
  });
});

describe('what does not exist', () => {
  test.each([
    ['updateApplicant', { applicantId: 'nobody' }, null],
    ['deleteApplicant', { applicantId: '../profiles' }, null],
    ['linkApplicantTelegram', { applicantId: 'nobody', telegramProfile: '1' }, null],
    ['setApplicantScreening', { applicantId: 'nobody', enabled: true }, null],
    ['proceedVerification', { verificationId: 'nothing' }, null],
    ['cancelVerification', { verificationId: 'a/../b' }, null],
    ['setVerificationCountry', { verificationId: 'nothing', country: 'DE' }, ['input', 'verificationId']],
    ['updateProfile', { profileId: 'nothing', name: 'x' }, null],
    ['deleteProfile', { profileId: 'nothing' }, null],
    ['setDefaultProfile', { profileId: 'default' }, null],
    ['createProfileLink', { profileId: 'nothing' }, null],
    ['archiveProfileLink', { linkId: 'nothing' }, null],
    ['unarchiveProfileLink', { linkId: 'nothing' }, null],
    ['updateWebhook', { webhookId: 'nothing', enabled: false }, ['input', 'webhookId']],
    ['deleteWebhook', { webhookId: 'nothing' }, null],
    ['rotateWebhookSecret', { webhookId: 'nothing' }, null],
  ])('%s says so', async (name, input, path) => {
    expect(await mutate(app, name, input)).toEqual({ userErrors: [notFound(path)] });
  });
});
