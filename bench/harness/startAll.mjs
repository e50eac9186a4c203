import { startOptionsOf } from './contenders.mjs';
import { freePort } from './ports.mjs';
import { startProcess } from './startProcess.mjs';

/** Starts one contender on a free port; options as for startOptionsOf. */
export async function startContender(contender, options) {
  return startProcess({ ...startOptionsOf(contender, options), port: await freePort() });
}

/**
 * Starts contenders one after the other.
 * @returns those that run, and why the others do not: name → reason
 */
export async function startAll(contenders, options) {
  const running = new Map();
  const failures = new Map();
  for (const contender of contenders) {
    try {
      running.set(contender.name, await startContender(contender, options));
    } catch (error) {
      failures.set(contender.name, error.message);
    }
  }
  return {
    running,
    failures,
    async stop() {
      for (const server of running.values()) await server.stop();
    },
  };
}

/**
 * What a work tells about its contenders.
 * @param outcomes what `alternate` returned
 * @param startFailures name → why somebody was not even measured
 */
export function toRows(contenders, { measured, failures }, startFailures = new Map()) {
  return contenders.map(({ name, label }) => ({
    name,
    label,
    failure: startFailures.get(name) ?? failures.get(name) ?? null,
    measurements: measured.get(name) ?? [],
  }));
}
