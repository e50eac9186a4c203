import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spawnOn } from '../harness/cores.mjs';
import { alternate } from '../harness/rounds.mjs';
import { toRows } from '../harness/startAll.mjs';

const CALLER = fileURLToPath(new URL('./callUpstream.mjs', import.meta.url));

/** `gateway` is the whole transport: deadline, queue, breaker, metrics. */
const CALLERS = [
  { name: 'gateway', label: 'this gateway’s transport (axios over undici)' },
  { name: 'undici', label: 'undici, bare' },
  { name: 'axios', label: 'axios as it comes' },
];

/** Work (u): what one call of a verification costs, JSON included, 32 at once; a fresh process each time. */
export async function measureUpstreamCall({ settings, upstream, productFolder }) {
  const outcomes = await alternate({
    names: CALLERS.map(({ name }) => name),
    rounds: settings.rounds,
    async measure(name) {
      const child = spawnOn('server', process.execPath, [
        CALLER,
        name,
        upstream.url,
        productFolder,
        String(settings.calls),
      ]);
      let output = '';
      child.stdout.on('data', (piece) => {
        output += piece;
      });
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`ended with ${code}`);
      return { ...JSON.parse(output), steal: 0 };
    },
  });
  return toRows(CALLERS, outcomes);
}
