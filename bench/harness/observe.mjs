import { availableParallelism } from 'node:os';
import { machineTicks } from './processTimes.mjs';

const TICK_MICROSECONDS = 10_000;

/**
 * Looks at everything that takes part, between `start` and `end`.
 * @param server the process under test
 * @param others load generator and upstream, which share the other core
 */
export function createObservation({ server, others }) {
  const read = () => ({
    atMs: performance.now(),
    server: server.cpuMicroseconds(),
    others: others.reduce((sum, other) => sum + other.cpuMicroseconds(), 0),
    machine: machineTicks(),
  });
  let first = read();
  let last = first;
  return {
    start() {
      first = read();
    },
    end() {
      last = read();
    },
    /**
     * Shares from 0 to 1. `serverBusy`: of its core; near 1 means that the server was the bottleneck. `othersBusy`: load
     * and upstream, of theirs. `steal`: what the host took. `foreign`: what other programs of the machine used.
     */
    result() {
      const elapsed = (last.atMs - first.atMs) * 1000;
      const server = last.server - first.server;
      const others = last.others - first.others;
      const ticks = last.machine.all - first.machine.all || 1;
      const busy = (last.machine.busy - first.machine.busy) * TICK_MICROSECONDS;
      return {
        serverCpuMicroseconds: server,
        serverBusy: server / elapsed,
        othersBusy: others / elapsed,
        steal: (last.machine.steal - first.machine.steal) / ticks,
        foreign: Math.max(0, busy - server - others) / (elapsed * availableParallelism()),
      };
    },
  };
}
