import { createWatchers } from '../../../src/events/watchers';
import type { WatchTarget } from '../../../src/events/watchFilter';

/** What an observer of the watchers is told. */
function observe() {
  const watchers = createWatchers();
  const told: string[] = [];
  const say = (what: string) => (target: WatchTarget) => void told.push(`${what} ${target.kind} ${target.id}`);
  const stop = watchers.observe({ onWatched: say('watched'), onUnwatched: say('unwatched') });
  return { watchers, told, stop };
}

test('an observer hears of the first watcher of a thing and of the last one leaving, not of those between', async () => {
  const { watchers, told } = observe();
  const one = watchers.watch({ verificationId: 'v1', applicantId: 'a1' });
  const two = watchers.watch({ verificationId: 'v1', statuses: ['FAILED'] });
  one.close();
  one.close();
  expect(told).toEqual(['watched VERIFICATION v1']);
  two.close(new Error('enough'));
  expect(told).toEqual(['watched VERIFICATION v1', 'unwatched VERIFICATION v1']);
});

test('applicants and everything are things of their own', async () => {
  const { watchers, told } = observe();
  watchers.watch({ applicantId: 'a1' });
  watchers.watch({ statuses: ['VERIFIED'] });
  watchers.watch({});
  watchers.closeAll();
  expect(told).toEqual([
    'watched APPLICANT a1',
    'watched EVERYTHING null',
    'unwatched APPLICANT a1',
    'unwatched EVERYTHING null',
  ]);
});

test('who has stopped observing hears nothing', () => {
  const { watchers, told, stop } = observe();
  stop();
  watchers.watch({});
  expect(told).toEqual([]);
});
