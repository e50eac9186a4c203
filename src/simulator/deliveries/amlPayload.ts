import type { Stamp } from '../views/stamp';
import type { Identifiers } from '../world/identifiers';
import { makePerson } from '../world/people';
import type { Applicant, Info } from '../world/records';

/**
 * Payload of AML_SCREENING for the applicant's last screening. The result stands under `search_result` or
 * `search_response`, by turns: sources disagree (guide, section 8).
 */
export function createAmlPayload(identifiers: Identifiers, applicant: Applicant, stamp: Stamp): Info {
  const person = makePerson(identifiers, applicant.ordinal);
  const screening = applicant.lastScreening;
  const isRisky = screening?.risk === 'Medium';
  const result = {
    requested_name: person.fullName,
    search_uuid: identifiers.nextId('search'),
    ...(isRisky ? { max_risk_score: 'Medium' } : {}),
    data: isRisky ? [createMatch(identifiers, person.fullName)] : [],
  };
  return {
    screening_id: screening?.id,
    applicant_id: applicant.id,
    ...(applicant.externalId === null ? {} : { external_id: applicant.externalId }),
    search_request: {
      full_name: person.fullName,
      countries: [applicant.systemInfo.country ?? person.country],
      date_of_birth: { gte: person.birthDate, lte: person.birthDate },
      entity_types: [applicant.type],
    },
    ...(applicant.ordinal % 2 === 0 ? { search_response: result } : { search_result: result }),
    risk_score: { type: screening?.risk ?? 'Low' },
    completed_at: stamp('applicant.screened', applicant.ordinal, screening?.atMs ?? applicant.createdAtMs),
  };
}

function createMatch(identifiers: Identifiers, name: string): Info {
  return {
    uuid: identifiers.nextId('search'),
    type: 'Person',
    annotation: null,
    tags: ['PEP'],
    risk_score: 'Medium',
    importance_score: 0.4,
    fields: {
      names: [{ full_name: name, lang: 'en' }],
      sources: [{ source_id: 'made-up-list', name: 'Made-up list' }],
    },
  };
}
