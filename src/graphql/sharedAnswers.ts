import type { ExecutionArgs, ExecutionResult } from 'graphql';
import type { Caller } from '../access/caller';
import { hasExpired } from '../access/callerExpiry';
import { type Services, startOperation } from './context';
import type { Disclosure } from './disclosure';
import type { ExecuteUpdate } from './execution';
import { noteOperationOf, noteOutcome } from './operationOutcome';
import type { VerificationUpdate } from './verificationUpdate.type';

/** One subscription, as far as its answers depend on it. */
export interface Subscriber {
  readonly args: ExecutionArgs;
  /** As resolvers get them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  readonly requestId: string;
  /** See shareKey.ts. */
  readonly shareKey: string;
}

/** What an update is answered with, not masked yet. */
export interface Answer {
  readonly result: ExecutionResult;
  readonly disclosure: Disclosure;
  /** Who alone may be told; null: everybody with the same key. */
  readonly owner: Subscriber | null;
  /** The result as JSON, kept by whoever makes it first; null until then, and where it is not the same for everybody. */
  json: Buffer | null;
}

/** Of one update, for one or many subscribers. */
export interface Execution {
  /** At once where nothing had to be waited for. */
  readonly answer: Answer | Promise<Answer>;
  /** A subscriber who waited for it has gone: when all have, it is given up. */
  leave(): void;
}

export interface SharedAnswers {
  /** Begins the execution, or joins that of somebody with the same key. */
  to(update: VerificationUpdate, subscriber: Subscriber): Execution;
  /** An execution that nobody else joins. */
  own(update: VerificationUpdate, subscriber: Subscriber): Execution;
  /** Makes the answer's JSON the same for everybody. */
  keepJson(answer: Answer, json: string): Buffer;
}

/** How long an answer may be shared: what it holds beside the event may be as old as this. */
const SHARED_MS = 1_000;
const MAX_SHARED_BYTES = 16 * 1024 * 1024;

/**
 * Subscriptions with the same document, variables and rights share one execution of each update. It is begun by the
 * first who takes the update, and shared for a second. Whether a caller may still be told is checked for each of them.
 */
export function createSharedAnswers(services: Services, execute: ExecuteUpdate): SharedAnswers {
  const running = new Map<VerificationUpdate, Map<string, JoinableExecution>>();
  let sharedBytes = 0;
  let timer: NodeJS.Timeout | undefined;

  function forgetAll() {
    clearTimeout(timer);
    running.clear();
    sharedBytes = 0;
  }

  function begin(update: VerificationUpdate, subscriber: Subscriber, isShared: boolean): JoinableExecution {
    const { args, variables, caller, requestId } = subscriber;
    // Who is looked for alone is answered alone.
    let owner = isShared ? null : subscriber;
    const { context, run, abandon, end } = startOperation(services, caller, requestId, {
      kind: 'UPDATE',
      traceparent: update.traceparent,
      onNamed() {
        owner = subscriber;
      },
    });
    noteOperationOf(context, args.document, args.operationName);
    const execution: JoinableExecution = {
      answer: null as never,
      subscribers: 0,
      leave: () => leave(execution, abandon),
    };
    const conclude = (result: ExecutionResult): Answer => {
      noteOutcome(context, result);
      end();
      return { result, disclosure: context.disclosure, owner, json: null };
    };
    try {
      const result = run(() => execute({ ...args, rootValue: update, contextValue: context }, variables));
      execution.answer = result instanceof Promise ? result.then(conclude).finally(end) : conclude(result);
    } finally {
      if (!(execution.answer instanceof Promise)) end();
    }
    return execution;
  }

  function leave(execution: JoinableExecution, abandon: () => void) {
    execution.subscribers -= 1;
    if (execution.subscribers > 0 || !(execution.answer instanceof Promise)) return;
    abandon();
    // Nobody may join what is given up.
    for (const sharing of running.values()) {
      for (const [key, each] of sharing) if (each === execution) sharing.delete(key);
    }
  }

  function own(update: VerificationUpdate, subscriber: Subscriber): Execution {
    return joined(begin(update, subscriber, false));
  }

  return {
    to(update, subscriber) {
      if (update.kind === 'SNAPSHOT' || hasExpired(subscriber.caller)) return own(update, subscriber);
      if (running.size === 0) timer = setTimeout(forgetAll, SHARED_MS).unref();
      let sharing = running.get(update);
      if (!sharing) {
        sharing = new Map();
        running.set(update, sharing);
      }
      let execution = sharing.get(subscriber.shareKey);
      if (!execution) {
        execution = begin(update, subscriber, true);
        sharing.set(subscriber.shareKey, execution);
      }
      return joined(execution);
    },
    own,
    keepJson(answer, text) {
      const json = Buffer.from(text);
      answer.json = json;
      sharedBytes += json.length;
      if (sharedBytes > MAX_SHARED_BYTES) forgetAll();
      return json;
    },
  };
}

interface JoinableExecution extends Execution {
  answer: Answer | Promise<Answer>;
  /** Who wait for it. */
  subscribers: number;
}

function joined(execution: JoinableExecution): Execution {
  execution.subscribers += 1;
  return execution;
}
