import { gender } from './applicantWire';
import { parseCheckError } from './checkErrorWire';
import { type Document, DocumentType, type IdentityDocument, type UploadedDocument } from './document';
import {
  boolean,
  filledText,
  folded,
  foldWord,
  isRecord,
  list,
  readFilledText,
  readObject,
  readRecord,
  requireId,
  text,
} from './wire';
import { country } from './wireCountry';
import { date, readMrzBirthDate, readMrzExpiryDate } from './wireTime';

/** The vendor's word for a kind of document; null when there is none. */
export const documentType = folded(DocumentType);

/** As `documentType`, for a single value such as the header `X-Document-Type`. */
export function readDocumentType(value: unknown): DocumentType | null {
  return foldWord(value, DocumentType);
}

const document = { document_id: filledText, id: filledText, document_type: text, content_type: filledText };

/**
 * A file as a verification lists it.
 * @throws {UpstreamUnavailable} when it is no object or has no id
 */
export function parseDocument(json: unknown): Document {
  const wire = readObject(document, json);
  return {
    id: requireId(wire.document_id, wire.id),
    type: readDocumentType(wire.document_type) ?? 'UNKNOWN',
    rawType: wire.document_type ?? '',
    contentType: wire.content_type,
  };
}

const uploadedDocument = {
  document_id: filledText,
  id: filledText,
  detected_document_type: documentType,
  detected_document_side: filledText,
  detected_two_side_document: boolean,
  detected_country: country,
  errors: list(parseCheckError),
};

/**
 * The answer to an upload; it can name errors although the file was stored.
 * @throws {UpstreamUnavailable} when it is no object or has no id
 */
export function parseUploadedDocument(json: unknown): UploadedDocument {
  const wire = readObject(uploadedDocument, json);
  return {
    documentId: requireId(wire.document_id, wire.id),
    detectedType: wire.detected_document_type,
    detectedSide: wire.detected_document_side,
    twoSided: wire.detected_two_side_document,
    detectedCountry: wire.detected_country,
    errors: wire.errors,
  };
}

const poiData = {
  parsed_type: documentType,
  document_number: filledText,
  full_name: filledText,
  name: filledText,
  surname: filledText,
  birth_date: date,
  sex: gender,
  nationality: country,
  country,
  issue_date: date,
  expiry_date: date,
  pin: filledText,
  has_mrz: boolean,
};

// Machine readable zones fill up with `<`.
const mrzText = (value: unknown) => readFilledText(readFilledText(value)?.replace(/<+/g, ' ').trim());

const mrzData = {
  document_type: readMrzDocumentType,
  country,
  name: mrzText,
  surname: mrzText,
  doc_number: mrzText,
  nationality: country,
  birth_date: readMrzBirthDate,
  sex: gender,
  expiry_date: readMrzExpiryDate,
};

/**
 * Facts of the identity document: from `poi_data`, each one that is missing there from the MRZ check's data.
 * @param poi `poi_data` of a verification
 * @param mrz `checks.document_mrz.data` of the same
 * @returns null when neither says anything
 */
export function parseIdentityDocument(poi: unknown, mrz: unknown): IdentityDocument | null {
  if (!isRecord(poi) && !isRecord(mrz)) return null;
  const wire = readObject(poiData, isRecord(poi) ? poi : {});
  const zone = readObject(mrzData, isRecord(mrz) ? mrz : {});
  const name = wire.name ?? zone.name;
  const surname = wire.surname ?? zone.surname;
  const identityDocument = {
    type: wire.parsed_type ?? zone.document_type,
    number: wire.document_number ?? zone.doc_number,
    fullName: wire.full_name ?? readFilledText([name, surname].filter(Boolean).join(' ')),
    name,
    surname,
    dateOfBirth: wire.birth_date ?? zone.birth_date,
    sex: wire.sex ?? zone.sex,
    nationality: wire.nationality ?? zone.nationality,
    issuingCountry: wire.country ?? zone.country,
    issuedOn: wire.issue_date,
    expiresOn: wire.expiry_date ?? zone.expiry_date,
    personalNumber: wire.pin,
    hasMrz: wire.has_mrz,
    other: rest(poi),
  };
  return Object.values(identityDocument).some((fact) => fact !== null) ? identityDocument : null;
}

// ICAO Doc 9303: the first letter tells passports, visas and cards (I, A or C) apart.
function readMrzDocumentType(value: unknown): DocumentType | null {
  const letter = readFilledText(value)?.trim().charAt(0).toUpperCase();
  if (letter === 'P') return 'PASSPORT';
  if (letter === 'V') return 'VISA';
  return letter && 'IAC'.includes(letter) ? 'ID_CARD' : null;
}

function rest(poi: unknown): IdentityDocument['other'] {
  const entries = Object.entries(readRecord(poi) ?? {});
  const others = entries.filter(([key, value]) => !Object.hasOwn(poiData, key) && value !== null);
  return others.length > 0 ? Object.fromEntries(others) : null;
}
