import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The server under test has a core of its own; load and upstream share another. With one core all share it. */
const CORES = availableParallelism() > 1 ? { server: '0', load: '1' } : { server: '0', load: '0' };
const hasTaskset = spawnSync('taskset', ['-V']).status === 0;

/** Whether what is measured and what measures are kept apart. */
export const areCoresApart = hasTaskset && CORES.server !== CORES.load;

/**
 * `child_process.spawn` on one core.
 * @param place server or load
 */
export function spawnOn(place, command, args, options) {
  return hasTaskset ? spawn('taskset', ['-c', CORES[place], command, ...args], options) : spawn(command, args, options);
}
