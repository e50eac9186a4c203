import { useEffect, useRef, useState } from 'react';
import { OutcomeChart } from '../chart/OutcomeChart';
import { DetailPanel } from '../detail/DetailPanel';
import { followUpdates } from '../live/followUpdates';
import { useLive } from '../live/LiveContext';
import { Announcer } from './Announcer';
import { ConnectionBanner } from './ConnectionBanner';
import { ConnectionMark } from './ConnectionMark';
import { Filters } from './Filters';
import { type BoardFilter, readFilter, toSearch } from './filter';
import { Paging } from './Paging';
import { useBoardPage } from './useBoardPage';
import { VerificationTable } from './VerificationTable';

/** The whole page. @param onSignOut the person wants to use another token */
export function Board({ onSignOut }: { onSignOut: () => void }) {
  const { apollo, updates } = useLive();
  // `behind` holds the cursors of the pages up to this one, so that one can go back.
  const [view, setView] = useState(() => ({ filter: readFilter(location.search), behind: [] as readonly string[] }));
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const opener = useRef<HTMLElement | null>(null);
  const { filter, behind } = view;
  const page = useBoardPage(filter, behind.at(-1) ?? null);
  const { startCursor } = page;

  const restart = useRef(() => {});
  restart.current = () => page.reload({ withNewStart: true });
  useEffect(() => {
    if (startCursor === null) return;
    updates.startAt(startCursor);
    return followUpdates({ apollo, updates, onCursorInvalid: () => restart.current() });
  }, [apollo, updates, startCursor]);

  function changeFilter(changed: BoardFilter): void {
    setView({ filter: changed, behind: [] });
    history.replaceState(null, '', `${location.pathname}${toSearch(changed)}`);
  }

  function open(id: string, from: HTMLElement): void {
    opener.current = from;
    setSelectedId(id);
  }

  function close(): void {
    setSelectedId(null);
    // Its row may have left the table meanwhile.
    const heading = document.querySelector<HTMLElement>('#list-heading');
    (opener.current?.isConnected ? opener.current : heading)?.focus();
  }

  return (
    <>
      <a className="skip" href="#list-heading">
        Skip to the list
      </a>
      <header className="top">
        <img src="./icon.svg" alt="" width="28" height="28" />
        <h1>Verifications</h1>
        <ConnectionMark />
        <button type="button" className="quiet" onClick={onSignOut}>
          Use another token
        </button>
      </header>
      <ConnectionBanner onSignOut={onSignOut} />
      <div className={selectedId === null ? 'layout' : 'layout with-panel'}>
        <main>
          <OutcomeChart />
          <section className="card" aria-labelledby="list-heading">
            <h2 id="list-heading" tabIndex={-1}>
              List
            </h2>
            <Filters filter={filter} onChange={changeFilter} />
            <VerificationTable page={page} selectedId={selectedId} onOpen={open} />
            <Paging
              number={behind.length + 1}
              hasNext={page.nextCursor !== null && !page.isLoading}
              onPrevious={() => setView({ filter, behind: behind.slice(0, -1) })}
              onNext={() => page.nextCursor !== null && setView({ filter, behind: [...behind, page.nextCursor] })}
            />
          </section>
        </main>
        {selectedId !== null && <DetailPanel key={selectedId} id={selectedId} onClose={close} />}
      </div>
      <Announcer />
    </>
  );
}
