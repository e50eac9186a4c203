import { findCountry } from '../world/countries';
import type { Info, TrackingEvent, Verification } from '../world/records';
import type { Stamp } from './stamp';

/** `TrackingEvent` of the contract (v4). */
export function viewTrackingEvent(
  verification: Verification,
  event: TrackingEvent,
  organizationId: string,
  stamp: Stamp,
): Info {
  const country = event.country === null ? null : findCountry(event.country);
  return {
    verification_id: verification.id,
    organization_id: organizationId,
    event: event.event,
    reference_id: event.referenceId,
    country: country ? { name: country.name, alpha2: country.alpha_2, alpha3: country.alpha_3 } : null,
    user_agent: event.userAgent === '' ? null : describeUserAgent(event.userAgent),
    // From a range kept for documentation (RFC 5737), so that it is nobody's.
    ip_address: `203.0.113.${verification.ordinal % 256}`,
    http_status: event.httpStatus,
    verification_errors: event.errorCodes,
    api_version: 'v3',
    created_at: stamp('event.created', verification.ordinal, event.atMs),
  };
}

function describeUserAgent(header: string): Info {
  const firstWord = (words: readonly string[]) => words.find((word) => header.includes(word)) ?? 'unknown';
  return {
    header,
    device_type: /Mobile|Android|iPhone/.test(header) ? 'mobile' : 'desktop',
    device_os: firstWord(['Android', 'iPhone', 'Windows', 'Mac OS', 'Linux']),
    browser: firstWord(['Firefox', 'Edg', 'Chrome', 'Safari']),
  };
}
