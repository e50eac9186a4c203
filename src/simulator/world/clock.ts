/** Time in the simulator: the machine's, plus what the control route added. */
export interface Clock {
  /** Unix milliseconds, with what was added. */
  now(): number;
  /** Unix milliseconds as everybody else sees them. */
  outsideNow(): number;
  /** Runs the task once, in simulated time; call what it returns to cancel. */
  after(delayMs: number, task: () => void): () => void;
  /** Moves the time forward and runs what has become due, in order, before it returns. */
  advance(byMs: number): void;
  /** Forgets every task that is waiting. */
  stop(): void;
}

interface Task {
  readonly dueAtMs: number;
  readonly run: () => void;
  timer: NodeJS.Timeout | null;
}

/** setTimeout fires at once when asked for longer than this. */
const longestTimeoutMs = 2 ** 31 - 1;

export function createClock(readTime: () => number): Clock {
  const tasks = new Set<Task>();
  let addedMs = 0;

  function now(): number {
    return readTime() + addedMs;
  }

  function arm(task: Task): void {
    const waitMs = task.dueAtMs - now();
    task.timer = setTimeout(
      () => {
        // A due task is not asked again whether its time has come: a test's clock may stand still.
        if (waitMs > longestTimeoutMs) arm(task);
        else run(task);
      },
      Math.max(0, Math.min(waitMs, longestTimeoutMs)),
    );
    task.timer.unref();
  }

  function run(task: Task): void {
    forget(task);
    task.run();
  }

  function forget(task: Task): void {
    if (task.timer) clearTimeout(task.timer);
    tasks.delete(task);
  }

  return {
    now,
    outsideNow: readTime,
    after(delayMs, run) {
      const task: Task = { dueAtMs: now() + delayMs, run, timer: null };
      tasks.add(task);
      arm(task);
      return () => forget(task);
    },
    advance(byMs) {
      addedMs += byMs;
      for (const task of [...tasks].sort((left, right) => left.dueAtMs - right.dueAtMs)) {
        if (!tasks.has(task)) continue; // an earlier one cancelled it
        if (task.dueAtMs <= now()) {
          run(task);
        } else if (task.timer) {
          clearTimeout(task.timer);
          arm(task);
        }
      }
    },
    stop() {
      for (const task of tasks) forget(task);
    },
  };
}
