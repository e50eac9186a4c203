import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/**
 * Where the process has one core, what V8's collector does beside the program is done instead of it: its four threads take
 * turns with the requests, which for a tenth of a second get a fifth of the core. There, it is made to work in small steps.
 */
export function shareOnlyCore(): void {
  if (availableParallelism() > 1) return;
  for (const flag of ['--no-concurrent-marking', '--no-concurrent-sweeping', '--no-parallel-scavenge']) {
    setFlagsFromString(flag);
  }
}
