/** A kind of file that the gateway passes on under its own name. */
export interface FileKind {
  readonly mediaType: string;
  /** Without the dot. */
  readonly extension: string;
  /** Whether a browser may show it in place. A PDF can hold scripts, and is offered for saving instead. */
  readonly isImage: boolean;
}

/** How many bytes `detectFileKind` looks at. */
export const FILE_START_BYTES = 12;

const JPEG = { mediaType: 'image/jpeg', extension: 'jpg', isImage: true };
const PNG = { mediaType: 'image/png', extension: 'png', isImage: true };
const WEBP = { mediaType: 'image/webp', extension: 'webp', isImage: true };
const HEIC = { mediaType: 'image/heic', extension: 'heic', isImage: true };
const PDF = { mediaType: 'application/pdf', extension: 'pdf', isImage: false };

/** Brands of an ISO media file (ISO/IEC 14496-12, `ftyp`) that phones write for HEIC (ISO/IEC 23008-12, annex B). */
const HEIC_BRANDS = new Set(['heic', 'heix', 'hevc', 'mif1', 'msf1']);

/** Other names that browsers and phones state for the same bytes. */
const SYNONYMS: Readonly<Record<string, string>> = {
  'image/jpg': JPEG.mediaType,
  'image/pjpeg': JPEG.mediaType,
  'image/heif': HEIC.mediaType,
  'image/heic-sequence': HEIC.mediaType,
  'image/heif-sequence': HEIC.mediaType,
};

/**
 * The kind of a file by its first bytes; null for none of ours. What anybody says about a file is not asked.
 * @param start the first 12 bytes, or all of a shorter file
 */
export function detectFileKind(start: Buffer): FileKind | null {
  const text = start.toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return JPEG;
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return PNG;
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return WEBP;
  if (text.slice(4, 8) === 'ftyp' && HEIC_BRANDS.has(text.slice(8, 12))) return HEIC;
  return text.startsWith('%PDF-') ? PDF : null;
}

/** @param stated media type in lower case without parameters; empty or application/octet-stream claims nothing */
export function agreesWith(kind: FileKind, stated: string): boolean {
  if (stated === '' || stated === 'application/octet-stream') return true;
  const known = Object.hasOwn(SYNONYMS, stated) ? SYNONYMS[stated] : stated;
  return known === kind.mediaType;
}
