import { readGender } from './applicantWire';
import { parseCheckError } from './checkErrorWire';
import { type Document, DocumentType, type IdentityDocument, type UploadedDocument } from './document';
import { parseId, readBoolean, readFilledText, readList, readText, requireRecord, wordReader } from './wire';
import { readCountry } from './wireCountry';
import { readDate, readMrzBirthDate, readMrzExpiryDate } from './wireTime';

/** The vendor's word for a kind of document; null when there is none. */
export const readDocumentType: (value: unknown) => DocumentType | null = wordReader(DocumentType);

/**
 * A file as a verification lists it.
 * @throws {UpstreamUnavailable} when it is no object or has no id
 */
export function parseDocument(json: unknown): Document {
  const wire = requireRecord(json);
  return {
    id: parseId(wire, 'document_id', 'id'),
    type: readDocumentType(wire.document_type) ?? 'UNKNOWN',
    rawType: readText(wire.document_type) ?? '',
    contentType: readFilledText(wire.content_type),
  };
}

/**
 * The answer to an upload; it can name errors although the file was stored.
 * @throws {UpstreamUnavailable} when it is no object or has no id
 */
export function parseUploadedDocument(json: unknown): UploadedDocument {
  const wire = requireRecord(json);
  return {
    documentId: parseId(wire, 'document_id', 'id'),
    detectedType: readDocumentType(wire.detected_document_type),
    detectedSide: readFilledText(wire.detected_document_side),
    twoSided: readBoolean(wire.detected_two_side_document),
    detectedCountry: readCountry(wire.detected_country),
    errors: readList(wire.errors, parseCheckError),
  };
}

/** Of `poi_data`, what a field of ours tells. */
const KNOWN_FACTS: ReadonlySet<string> = new Set([
  'parsed_type',
  'document_number',
  'full_name',
  'name',
  'surname',
  'birth_date',
  'sex',
  'nationality',
  'country',
  'issue_date',
  'expiry_date',
  'pin',
  'has_mrz',
]);

const NOTHING: Readonly<Record<string, unknown>> = {};

/**
 * Facts of the identity document: from `poi_data`, each one that is missing there from the MRZ check's data.
 * @param poi `poi_data` of a verification
 * @param mrz `checks.document_mrz.data` of the same
 * @returns null when neither says anything
 */
export function parseIdentityDocument(
  poi: Readonly<Record<string, unknown>> | null,
  mrz: Readonly<Record<string, unknown>> | null,
): IdentityDocument | null {
  if (!poi && !mrz) return null;
  const wire = poi ?? NOTHING;
  const zone = mrz ?? NOTHING;
  const name = readFilledText(wire.name) ?? readMrzText(zone.name);
  const surname = readFilledText(wire.surname) ?? readMrzText(zone.surname);
  const identityDocument = {
    type: readDocumentType(wire.parsed_type) ?? readMrzDocumentType(zone.document_type),
    number: readFilledText(wire.document_number) ?? readMrzText(zone.doc_number),
    fullName: readFilledText(wire.full_name) ?? readFilledText(`${name ?? ''} ${surname ?? ''}`.trim()),
    name,
    surname,
    dateOfBirth: readDate(wire.birth_date) ?? readMrzBirthDate(zone.birth_date),
    sex: readGender(wire.sex) ?? readGender(zone.sex),
    nationality: readCountry(wire.nationality) ?? readCountry(zone.nationality),
    issuingCountry: readCountry(wire.country) ?? readCountry(zone.country),
    issuedOn: readDate(wire.issue_date),
    expiresOn: readDate(wire.expiry_date) ?? readMrzExpiryDate(zone.expiry_date),
    personalNumber: readFilledText(wire.pin),
    hasMrz: readBoolean(wire.has_mrz),
    other: otherFacts(wire),
  };
  for (const fact of Object.values(identityDocument)) if (fact !== null) return identityDocument;
  return null;
}

/** Machine readable zones fill up with `<`. */
function readMrzText(value: unknown): string | null {
  return readFilledText(readFilledText(value)?.replace(/<+/g, ' ').trim());
}

// ICAO Doc 9303: the first letter tells passports, visas and cards (I, A or C) apart.
function readMrzDocumentType(value: unknown): DocumentType | null {
  const letter = readFilledText(value)?.trim().charAt(0).toUpperCase();
  if (letter === 'P') return 'PASSPORT';
  if (letter === 'V') return 'VISA';
  return letter && 'IAC'.includes(letter) ? 'ID_CARD' : null;
}

function otherFacts(poi: Readonly<Record<string, unknown>>): IdentityDocument['other'] {
  const others = Object.keys(poi).filter((key) => !KNOWN_FACTS.has(key) && poi[key] !== null);
  return others.length > 0 ? Object.fromEntries(others.map((key) => [key, poi[key]])) : null;
}
