import { createIdentifiers } from '../../src/simulator/world/identifiers';
import { makePerson } from '../../src/simulator/world/people';
import { refuseCanaries } from '../support/canaries';
import { startGateway } from '../support/startGateway';

test('every value that identifies one of the simulator’s people would be found', () => {
  const { fullName, givenName, familyName, documentNumber, address, email, phone } = makePerson(
    createIdentifiers(7),
    3,
  );
  for (const value of [fullName, givenName, familyName, documentNumber, address, email, phone]) {
    expect(() => refuseCanaries('a log', `{"msg":"it was ${value}"}`)).toThrow(/^Personal data or a secret in a log: /);
  }
  expect(() => refuseCanaries('a log', '{"msg":"applicant 0192f1c4"}')).not.toThrow();
});

test('a secret would be found', () => {
  expect(() => refuseCanaries('a log', 'key=a-secret', ['b-secret', 'a-secret'])).toThrow(/in a log/);
});

test.each(['logLines', 'accessLines'] as const)(
  'a test whose gateway had one in its %s fails when it closes',
  async (lines) => {
    const app = await startGateway();
    app[lines]().push('{"msg":"BORISCANARYABC"}');
    await expect(app.close()).rejects.toThrow(/Personal data/);
  },
);

test('a test whose gateway had one in a span fails when it closes', async () => {
  const app = await startGateway();
  await app.graphql('{ __typename }', {}, { 'x-request-id': 'BORISCANARYABC' });
  await expect(app.close()).rejects.toThrow(/in the spans/);
});
