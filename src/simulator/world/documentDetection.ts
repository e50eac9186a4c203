import { identityDocumentTypes, proofOfAddressTypes, twoSidedDocumentTypes } from './vocabulary';

/** What the service makes of an uploaded file. */
export interface DetectedDocument {
  /** As stored and listed: `passport`, `id_card_front`, `selfie`, ... */
  readonly storedType: string;
  /** Without the side */
  readonly type: string;
  /** Null for what is no identity document */
  readonly side: 'front' | 'back' | null;
  readonly isTwoSided: boolean;
}

/** Words in file names that decide what `poi` is; anything else is a passport. */
const fileNameWords: readonly (readonly [RegExp, string])[] = [
  [/id[ _-]?card/i, 'id_card'],
  [/residence/i, 'residence_permit'],
  [/driv/i, 'driver_license'],
  [/visa/i, 'visa'],
];

/**
 * Nothing is seen in the picture: the declared type, the declared side and the file's name decide.
 * @param declaredType one of the contract's document types
 * @param declaredSide null: `_front` or `_back` of the type decides, then the word "back" in the file's name, then front
 */
export function detectDocument(
  declaredType: string,
  declaredSide: 'front' | 'back' | null,
  fileName: string,
): DetectedDocument {
  const named = declaredType === 'poi' ? identifyByFileName(fileName) : declaredType;
  const type = withoutSide(named);
  if (!isIdentityDocument(type)) {
    return { storedType: named, type: named, side: null, isTwoSided: false };
  }
  const isTwoSided = isTwoSidedDocument(type);
  const sideOfType = named.endsWith('_back') ? 'back' : named.endsWith('_front') ? 'front' : null;
  const side = declaredSide ?? sideOfType ?? (isTwoSided && /back/i.test(fileName) ? 'back' : 'front');
  return { storedType: isTwoSided ? `${type}_${side}` : type, type, side, isTwoSided };
}

export function withoutSide(type: string): string {
  return type.replace(/_(front|back)$/, '');
}

/** @param type with or without its side */
export function isIdentityDocument(type: string): boolean {
  return (identityDocumentTypes as readonly string[]).includes(withoutSide(type));
}

/** @param type without its side */
export function isTwoSidedDocument(type: string): boolean {
  return (twoSidedDocumentTypes as readonly string[]).includes(type);
}

export function isProofOfAddress(type: string): boolean {
  return (proofOfAddressTypes as readonly string[]).includes(type);
}

function identifyByFileName(fileName: string): string {
  return fileNameWords.find(([word]) => word.test(fileName))?.[1] ?? 'passport';
}
