/**
 * The load generator, a process of its own on the load core. Takes one task at a time from its parent: a message
 * `{ kind, …options }`; answers `{ result }` or `{ error }`, and tells of phases in between, which the parent confirms so that
 * it can read the server's CPU and memory there.
 */
import { once } from 'node:events';
import { runClosedLoop } from './closedLoop.mjs';
import { runFanOut } from './fanOut.mjs';
import { runOpenLoop } from './openLoop.mjs';
import { createRequests } from './requests.mjs';

const TASKS = { closedLoop, openLoop, fanOut };

/** Never the same number twice in the life of a server, unless `recurring` says that a few numbers go round. */
let count = 0;

process.on('message', async (message) => {
  if (message.kind === 'confirm') return;
  try {
    process.send({ result: await TASKS[message.kind](message) });
  } catch (error) {
    process.send({ error: error.message });
  }
});

function closedLoop({ target, recurring, first, ...options }) {
  if (first !== undefined) count = first - 1;
  return runClosedLoop({
    ...options,
    bytesOf: createRequests(target),
    nextNumber: numbers(recurring),
    onMeasure: (phase) => process.send({ phase }),
  });
}

function openLoop({ target, dependentTarget, recurring, ...options }) {
  return runOpenLoop({
    ...options,
    bytesOf: createRequests(target),
    dependentBytesOf: dependentTarget && createRequests(dependentTarget),
    nextNumber: numbers(recurring),
  });
}

function fanOut(options) {
  return runFanOut({
    ...options,
    async onPhase(phase) {
      process.send({ phase });
      await once(process, 'message');
    },
  });
}

function numbers(recurring) {
  return () => {
    count += 1;
    return recurring ? 1 + (count % recurring) : count;
  };
}
