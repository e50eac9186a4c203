/** What can go wrong with an answer, on purpose. */
export const faultKinds = [
  'delay',
  'status',
  'reset',
  'truncate',
  'overrun',
  'stall',
  'drip-headers',
  'drip-body',
  'html',
  'not-json',
  'wrong-type',
  'oversized',
  'redirect',
  'empty',
] as const;

/**
 * - `delay`: answers properly after `delayMs`
 * - `status`: `status` (500), `headers` and `body` as given
 * - `reset`: the connection is cut without an answer
 * - `truncate`: promises more bytes than it sends, then closes
 * - `overrun`: sends more bytes than it promised
 * - `stall`: headers and half the body, then silence
 * - `drip-headers`: one header after another, without an end; `drip-body`: likewise one byte
 * - `html`: an error page; `not-json`: JSON that breaks off; `wrong-type`: JSON with all types wrong
 * - `oversized`: 8 MiB of JSON
 * - `redirect`: 302 to `headers.location`, or to a path of the simulator that is recorded as any request
 * - `empty`: a status (200) and nothing else
 */
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** What it strikes; a fault without any of these strikes everything */
  readonly match?: {
    readonly method?: string;
    /** Regular expression over the path without the query */
    readonly path?: string;
    /** operationId */
    readonly endpoint?: string;
  };
  /** Requests that it strikes; 0 = all until cleared. Default: 1 */
  readonly times?: number;
  /** Of the requests that it could strike, from 0 to 1, by chance. Default: 1 */
  readonly share?: number;
  /** `after`: the work is done, only its answer is lost. Default: `before` */
  readonly when?: 'before' | 'after';
  readonly delayMs?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface FaultTarget {
  readonly method: string;
  readonly path: string;
  readonly endpoint: string | null;
}

export interface Faults {
  /** @throws SyntaxError when `match.path` is no regular expression */
  add(fault: Fault): { readonly id: number };
  /** The oldest fault that strikes this request; it is used up by one. */
  take(target: FaultTarget): Fault | null;
  clear(): void;
}

export function createFaults(): Faults {
  let faults: { readonly fault: Fault; readonly path: RegExp | null; remaining: number }[] = [];
  let count = 0;
  return {
    add(fault) {
      count += 1;
      const path = fault.match?.path === undefined ? null : new RegExp(fault.match.path);
      const remaining = fault.times === 0 ? Number.POSITIVE_INFINITY : (fault.times ?? 1);
      faults.push({ fault, path, remaining });
      return { id: count };
    },
    take(target) {
      const found = faults.find(({ fault: { match, share = 1 }, path }) => {
        if (match?.method && match.method.toUpperCase() !== target.method) return false;
        if (match?.endpoint && match.endpoint !== target.endpoint) return false;
        if (path !== null && !path.test(target.path)) return false;
        return share >= 1 || Math.random() < share;
      });
      if (!found) return null;
      found.remaining -= 1;
      if (found.remaining <= 0) faults = faults.filter((candidate) => candidate !== found);
      return found.fault;
    },
    clear() {
      faults = [];
    },
  };
}
