import { fileURLToPath } from 'node:url';
import { spawnOn } from './cores.mjs';
import { cpuMicroseconds } from './processTimes.mjs';

const MAIN = fileURLToPath(new URL('../load/main.mjs', import.meta.url));

/** Starts the load generator on its core. `run` gives it one task at a time. */
export function startLoad() {
  const child = spawnOn('load', process.execPath, [MAIN], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  process.once('exit', () => child.kill('SIGKILL'));
  let receive = () => {};
  child.on('message', (message) => receive(message));
  child.on('exit', () => receive({ error: 'the load generator has ended' }));

  return {
    cpuMicroseconds: () => cpuMicroseconds(child.pid),
    /**
     * @param task see load/main.mjs
     * @param onPhase called at each phase, before the task goes on
     * @throws Error with the reason of the load generator
     */
    run(task, onPhase = () => {}) {
      return new Promise((resolve, reject) => {
        receive = ({ phase, result, error }) => {
          if (phase !== undefined) {
            onPhase(phase);
            if (task.kind === 'fanOut') child.send({ kind: 'confirm' });
          } else if (error !== undefined) reject(new Error(error));
          else resolve(result);
        };
        child.send(task);
      });
    },
    stop() {
      child.kill('SIGKILL');
    },
  };
}
