import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | null = null;

/**
 * Node's own metrics, in the text format of Prometheus. They are of the process and not of a gateway, and their observers
 * cannot be taken away again: made once, by the first who asks.
 */
export function scrapeProcess(): Promise<string> {
  registry ??= observeProcess();
  return registry.metrics();
}

function observeProcess(): Registry {
  const register = new Registry();
  collectDefaultMetrics({ register });
  return register;
}
