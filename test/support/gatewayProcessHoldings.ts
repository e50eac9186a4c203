import path from 'node:path';
import type { GatewayProcess } from './gatewayProcess';
import { eventually } from './startGateway';

/** What a process holds after a garbage collection. */
export interface Holdings {
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly sockets: number;
  /** Those that keep a process alive. */
  readonly timers: number;
}

/** Start a gateway with these to be able to ask it. */
export const PROBE_OPTIONS = ['--expose-gc', '--require', path.join(__dirname, 'gatewayProcessProbe.cjs')];

/** @param gateway started with `PROBE_OPTIONS` */
export async function holdingsOf(gateway: GatewayProcess): Promise<Holdings> {
  const answers = () => [...gateway.stdout().matchAll(/^HELD (.*)$/gm)];
  const before = answers().length;
  gateway.kill('SIGUSR2');
  await eventually(() => answers().length > before);
  return JSON.parse(answers().at(-1)?.[1] ?? '') as Holdings;
}
