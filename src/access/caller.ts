export const CallerKind = { USER: 'USER', API_KEY: 'API_KEY', WATCHER: 'WATCHER' } as const;
export type CallerKind = keyof typeof CallerKind;

/** Who is calling and what they may do. */
export interface Caller {
  /** The key's name, or the subject of a token; never the secret itself. */
  readonly id: string;
  readonly kind: CallerKind;
  readonly scopes: ReadonlySet<Scope>;
  /** RFC 3339, UTC; null when the right does not end by itself. */
  readonly expiresAt: string | null;
  /** Of a WATCHER: all that exists for it. Left out: no such limit. */
  readonly watches?: WatchedVerification;
}

/** The one verification that a watch token names. */
export interface WatchedVerification {
  readonly verificationId: string;
  readonly shortId: string | null;
}

/** What a token can allow. */
export const SCOPES = ['kyc:read', 'kyc:pii', 'kyc:write', 'kyc:admin'] as const;
export type Scope = (typeof SCOPES)[number];

export function isScope(word: string): word is Scope {
  return (SCOPES as readonly string[]).includes(word);
}

/** No token, or one that we do not accept. Says no more than that. */
export class Unauthenticated extends Error {
  constructor() {
    super('A valid token is required');
  }
}

/** The caller is known and may not do this. */
export class Forbidden extends Error {
  /** @param scope what is missing; null when no scope would help */
  constructor(scope: Scope | null) {
    super(scope === null ? 'A watch token does not allow this' : `The scope ${scope} is required`);
  }
}
