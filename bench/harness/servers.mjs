import { CONTENDERS } from './contenders.mjs';
import { startAll } from './startAll.mjs';

/**
 * The servers that answer queries, started when they are first needed and kept for all works that need them. Those that
 * are not being asked do nothing.
 * @param selected contender → whether it takes part
 */
export function createServers({ selected, upstreamUrl, productFolder }) {
  const sets = new Map();

  async function start(isCaching) {
    const contenders = CONTENDERS.filter(
      (contender) => selected(contender) && contender.work.includes(isCaching ? 'ah' : 'a'),
    );
    return { contenders, ...(await startAll(contenders, { upstreamUrl, productFolder, isCaching })) };
  }

  return {
    /** @param isCaching whether the peers keep what they have read; the gateway always does */
    get(isCaching) {
      if (!sets.has(isCaching)) sets.set(isCaching, start(isCaching));
      return sets.get(isCaching);
    },
    async stop() {
      for (const set of sets.values()) await (await set).stop();
    },
  };
}
