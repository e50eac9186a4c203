import fc from 'fast-check';
import { parseApplicant } from '../../../src/dataspike/applicantWire';
import { parseCountry } from '../../../src/dataspike/country';
import { parseDocument, parseUploadedDocument } from '../../../src/dataspike/documentWire';
import { UpstreamUnavailable } from '../../../src/dataspike/errors';
import { parsePage } from '../../../src/dataspike/page';
import { parseProfile } from '../../../src/dataspike/profile';
import { parseRefusal, readRefusal } from '../../../src/dataspike/refusal';
import { parseSdkVerification } from '../../../src/dataspike/sdkCalls';
import { parseVerification, parseVerificationActivity } from '../../../src/dataspike/verificationWire';
import { parseWebhook, parseWebhookDelivery } from '../../../src/dataspike/webhook';

const PARSERS: [string, (json: unknown) => unknown][] = [
  ['applicant', parseApplicant],
  ['verification', parseVerification],
  ['verification activity', parseVerificationActivity],
  ['document', parseDocument],
  ['uploaded document', parseUploadedDocument],
  ['client view', parseSdkVerification],
  ['profile', parseProfile],
  ['webhook', parseWebhook],
  ['webhook delivery', parseWebhookDelivery],
  ['country', parseCountry],
  ['page', (json) => parsePage(json, parseVerification, () => {})],
  ['refusal', readRefusal],
  ['refusal body', (json) => parseRefusal(JSON.stringify(json))],
];

/** Names that the parsers look at, so that odd values land where they hurt; and names of Object.prototype. */
const NAMES = (
  'id applicant_id verification_id document_id profile_id link_id webhook_id external_id status type event event_type ' +
  'checks document_mrz liveness poa errors code message error details validation_errors pending_documents frames_results ' +
  'data documents document_type poi_data birth_date expiry_date country sex name surname verification_url webhook_url ' +
  'created_at expires_at settings link manual_fields_settings finish_screen_settings title addresses residence info ' +
  'provided_info system_info dob gender custom_fields last_tags last_risk_score has_next payload alpha_2 alpha_3 ' +
  'user_agent verification_errors event_types constructor __proto__ toString'
).split(' ');

const word = fc.constantFrom(
  'x',
  '',
  'verified',
  'P',
  'DEU',
  'UTO',
  '740812',
  '2025-02-30',
  '2025-03-14T09:26:53.5Z',
  'https://a.example',
  '5014',
  'constructor',
  '\ud800',
);
const leaf = fc.oneof(word, fc.constantFrom(null, true, 0, -1, 1e300, 5014, 0.5), fc.string());
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 5, withCrossShrink: true }, leaf, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc
    .array(fc.tuple(fc.constantFrom(...NAMES), tie('value')), { maxLength: 12 })
    // Through text, as it comes off the wire: only so is `__proto__` a property like any other.
    .map((entries) =>
      JSON.parse(`{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)}}`),
    ),
}));
/** Mostly things that have every id, so that the parsers get past that. */
const thing = fc.tuple(json.object, fc.boolean()).map(([object, withIds]) =>
  withIds
    ? {
        ...(object as object),
        data: [object],
        id: 'i',
        code: 1,
        event: 'e',
        event_type: 'DOCVER',
        webhook_url: 'https://a.example',
        alpha_2: 'DE',
      }
    : object,
);

test.each(PARSERS)(
  'no JSON makes the parser of a %s throw anything but UpstreamUnavailable, or leave a gap',
  (_name, parse) => {
    let parsed = 0;
    fc.assert(
      fc.property(fc.oneof(thing, json.value, fc.jsonValue()), (value) => {
        try {
          const result = parse(value);
          parsed++;
          expectNoGap(result);
        } catch (error) {
          if (!(error instanceof UpstreamUnavailable)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
    // Otherwise the property would hold for a parser that refuses everything.
    expect(parsed).toBeGreaterThan(20);
  },
);

test('an id as words of every kind never changes on its way in', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((id) => id.trim() !== ''),
      (id) => {
        expect(parseVerification({ id }).id).toBe(id);
        expect(parseApplicant({ applicant_id: id, id: 'other' }).id).toBe(id);
      },
    ),
    { numRuns: 200 },
  );
});

function expectNoGap(value: unknown): void {
  if (value === undefined) throw new Error('undefined');
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('no JSON number');
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) expectNoGap(inner);
}
