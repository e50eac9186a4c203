import { type Country, parseCountry } from './country';
import { nullWhenNotFound } from './nullWhenNotFound';
import { parseItems, warnOfOdd } from './page';
import { path } from './path';
import type { CallSignal } from './stopSignal';
import type { Transport } from './transport';
import type { Check } from './verification';
import { readChecks } from './verificationWire';
import { parseId, readWebAddress, requireRecord, wordReader } from './wire';
import { readCountry } from './wireCountry';
import { readTimestamp } from './wireTime';

/** active: documents can be added; completed: submitted; expired: the link is dead. */
export const SdkStatus = { ACTIVE: 'ACTIVE', COMPLETED: 'COMPLETED', EXPIRED: 'EXPIRED', UNKNOWN: 'UNKNOWN' } as const;
export type SdkStatus = keyof typeof SdkStatus;

/** The reduced view of a verification that the capturing page gets. */
export interface SdkVerification {
  readonly shortId: string;
  readonly status: SdkStatus;
  readonly checks: readonly Check[];
  readonly url: string | null;
  readonly redirectUrl: string | null;
  /** ISO 3166-1 alpha-2 */
  readonly country: string | null;
  /** RFC 3339, UTC, milliseconds */
  readonly expiresAt: string | null;
}

/** Every call rejects with a DataspikeError, or with the reason of `signal`. */
export interface SdkCalls {
  sdkGetVerification(shortId: string, signal?: CallSignal): Promise<SdkVerification | null>;
  /** Sets the issuing country, which a proceed refused with `country_unknown` asks for. @param code ISO 3166-1 alpha-2 */
  sdkSetCountry(shortId: string, code: string, signal?: CallSignal): Promise<void>;
  sdkProceedVerification(shortId: string, signal?: CallSignal): Promise<void>;
  listCountries(signal?: CallSignal): Promise<Country[]>;
}

export function createSdkCalls(transport: Transport): SdkCalls {
  return {
    sdkGetVerification: (shortId, signal) =>
      nullWhenNotFound(() =>
        transport
          .json({
            endpoint: 'sdkGetVerification',
            method: 'GET',
            path: path`/api/v3/sdk/${shortId}`,
            signal,
          })
          .then(parseSdkVerification),
      ),

    async sdkSetCountry(shortId, code, signal) {
      await transport.json({
        endpoint: 'sdkSetCountry',
        method: 'POST',
        path: path`/api/v3/sdk/${shortId}/set_country`,
        body: { country: code },
        due: 'anything',
        signal,
      });
    },

    async sdkProceedVerification(shortId, signal) {
      await transport.json({
        endpoint: 'sdkProceedVerification',
        method: 'POST',
        path: path`/api/v3/sdk/${shortId}/proceed`,
        due: 'anything',
        signal,
      });
    },

    async listCountries(signal) {
      const endpoint = 'listCountries';
      const address = path`/api/v3/public/dictionary/countries`;
      const answer = await transport.json({ endpoint, method: 'GET', path: address, signal });
      return parseItems(answer, parseCountry, warnOfOdd(transport, endpoint));
    },
  };
}

const readStatus = wordReader(SdkStatus);

/**
 * The client view of a verification; its `id` is the short one.
 * @throws {UpstreamUnavailable} when it is no object or has no id
 */
export function parseSdkVerification(json: unknown): SdkVerification {
  const wire = requireRecord(json);
  return {
    shortId: parseId(wire, 'id', 'verification_url_id'),
    status: readStatus(wire.status) ?? 'UNKNOWN',
    checks: readChecks(wire.checks),
    url: readWebAddress(wire.verification_url),
    redirectUrl: readWebAddress(wire.redirect_url),
    country: readCountry(wire.country_code),
    expiresAt: readTimestamp(wire.expires_at),
  };
}
