import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Caller, Unauthenticated } from '../access/caller';
import type { FairTurns } from '../access/fairTurns';
import { type Budget, RateLimited, type RateLimits } from '../access/rateLimits';

/** What is looked at to know from where somebody comes. */
export type Origin = Pick<IncomingMessage, 'headers' | 'socket'>;

/** Stands between a request and its operation: the same on HTTP, Server-Sent Events and WebSocket. */
export interface RateGate {
  /**
   * Authenticates, spends one request of the caller's minute, and waits for its turn among the requests of other callers.
   * The answer's headers tell what is left.
   * @throws RateLimited, or what `authenticate` throws
   */
  enter(request: IncomingMessage, response: ServerResponse, authenticate: () => Promise<Caller>): Promise<Caller>;

  /** Authenticates a socket, which spends nothing. @param hasToken no token is no try @throws as above */
  authenticate(request: Origin, hasToken: boolean, authenticate: () => Promise<Caller>): Promise<Caller>;

  /**
   * Waits for this caller's turn among those of other callers: for work that one caller can cause a thousand times at
   * once, such as hanging up.
   */
  takeTurn(caller: Caller): Promise<void>;

  /** One operation of a socket, likewise. @throws RateLimited */
  spend(request: Origin, caller: Caller): Promise<void>;
}

/**
 * A valid token is accepted from every address: otherwise anybody behind the same proxy could lock everybody else out.
 * @param trustProxy how many proxies stand before the gateway and append to X-Forwarded-For; `true`: all, the first
 *   address counts; `false`: the header means nothing
 */
export function createRateGate({
  rateLimits,
  turns,
  trustProxy,
}: {
  rateLimits: RateLimits;
  turns: FairTurns;
  trustProxy: boolean | number;
}): RateGate {
  async function authenticate(request: Origin, hasToken: boolean, find: () => Promise<Caller>): Promise<Caller> {
    try {
      return await find();
    } catch (error) {
      if (!(error instanceof Unauthenticated) || !hasToken) throw error;
      const waitMs = await rateLimits.spendFailure(remoteAddress(request, trustProxy));
      throw waitMs === null ? error : new RateLimited('Too many failed tries to authenticate', waitMs);
    }
  }

  async function spend(request: Origin, caller: Caller): Promise<Budget | null> {
    const spent = await rateLimits.spend(caller, remoteAddress(request, trustProxy));
    if (spent?.isExceeded) throw new RequestsExceeded(spent.budget);
    return spent?.budget ?? null;
  }

  const takeTurn = (caller: Caller) => turns.take(lineOf(caller));

  return {
    takeTurn,
    async enter(request, response, find) {
      const caller = await authenticate(request, request.headers.authorization !== undefined, find);
      try {
        setBudget(response, await spend(request, caller));
      } catch (error) {
        if (error instanceof RequestsExceeded) setBudget(response, error.budget);
        throw error;
      }
      await takeTurn(caller);
      return caller;
    },
    authenticate,
    async spend(request, caller) {
      await spend(request, caller);
      await takeTurn(caller);
    },
  };
}

const lineOf = ({ kind, id }: Caller) => `${kind} ${id}`;

class RequestsExceeded extends RateLimited {
  constructor(readonly budget: Budget) {
    super(`At most ${budget.limit} requests a minute`, budget.resetMs);
  }
}

/** draft-ietf-httpapi-ratelimit-headers-10: quota and window; what remains, and the seconds until it is whole again. */
function setBudget(response: ServerResponse, budget: Budget | null): void {
  if (!budget || response.headersSent) return;
  const resetSeconds = Math.ceil(budget.resetMs / 1000);
  response.setHeader('ratelimit-policy', `"requests";q=${budget.limit};w=60`);
  response.setHeader('ratelimit', `"requests";r=${budget.remaining};t=${resetSeconds}`);
}

/** The address of the client; behind proxies, the one that the outermost trusted proxy saw. */
export function remoteAddress(request: Origin, trustProxy: boolean | number): string {
  const direct = request.socket.remoteAddress ?? 'unknown';
  if (trustProxy === false || trustProxy === 0) return direct;
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  const chain = [...forwarded, direct];
  return (trustProxy === true ? chain[0] : chain[Math.max(0, chain.length - 1 - trustProxy)]) ?? direct;
}
