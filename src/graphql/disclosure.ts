import { type GraphQLResolveInfo, responsePathAsArray } from 'graphql';

type Path = GraphQLResolveInfo['path'];

/** What one operation, or one update, showed of people, and what it held back. */
export interface Disclosure {
  /** Paths of what was left out, in the order met. */
  readonly redacted: (readonly (string | number)[])[];
  /** `Type.field` of what was shown. */
  readonly fields: Set<string>;
  readonly applicantIds: Set<string>;
  /** Whose data an object is part of; null until somebody with kyc:pii reads one. */
  owners: Map<object, string> | null;
}

export function createDisclosure(): Disclosure {
  return { redacted: [], fields: new Set(), applicantIds: new Set(), owners: null };
}

export function redact({ redacted }: Disclosure, path: Path): void {
  redacted.push(responsePathAsArray(path));
}

/** Notes that a field is shown. @param name `Type.field` */
export function disclose(disclosure: Disclosure, name: string, typeName: string, source: unknown): void {
  disclosure.fields.add(name);
  const owner = ownerOf(disclosure, typeName, source);
  if (owner !== null) disclosure.applicantIds.add(owner);
}

/** Notes that a value, or each of a list of them, is about the same person as the object that it hangs on. */
export function carryOwner(disclosure: Disclosure, typeName: string, source: unknown, value: unknown): unknown {
  const owner = ownerOf(disclosure, typeName, source);
  if (owner === null) return value;
  disclosure.owners ??= new Map();
  const { owners } = disclosure;
  const mark = (part: unknown) => {
    if (typeof part === 'object' && part !== null) owners.set(part, owner);
  };
  const carry = (settled: unknown) => {
    if (Array.isArray(settled)) settled.forEach(mark);
    else mark(settled);
    return settled;
  };
  return value instanceof Promise ? value.then(carry) : carry(value);
}

/** Null when it is not known: a verification may lack its applicant. */
function ownerOf({ owners }: Disclosure, typeName: string, source: unknown): string | null {
  if (typeof source !== 'object' || source === null) return null;
  if (typeName === 'Applicant') return (source as { id: string }).id;
  if (typeName === 'Verification') return (source as { applicantId: string | null }).applicantId;
  return owners?.get(source) ?? null;
}
