/** The range that a check error's code falls into; guide, section 4. */
export const CheckErrorCategory = {
  TAMPERING: 'TAMPERING',
  OCR: 'OCR',
  DATA: 'DATA',
  MRZ: 'MRZ',
  VALIDITY: 'VALIDITY',
  FACE: 'FACE',
  ADDRESS: 'ADDRESS',
  LIVENESS: 'LIVENESS',
  AML: 'AML',
  DUPLICATE: 'DUPLICATE',
  FLOW: 'FLOW',
  DEPENDENCY: 'DEPENDENCY',
  KYB: 'KYB',
  DEVICE: 'DEVICE',
  UNKNOWN: 'UNKNOWN',
} as const;
export type CheckErrorCategory = keyof typeof CheckErrorCategory;

export interface CheckError {
  readonly code: number;
  readonly message: string;
  readonly category: CheckErrorCategory;
}
