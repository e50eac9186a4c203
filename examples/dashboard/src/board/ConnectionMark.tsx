import type { ConnectionState } from '../live/connectionState';
import { useConnection } from '../live/LiveContext';

const WORDS: Readonly<Record<ConnectionState['phase'], string>> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Offline',
  catchingUp: 'Catching up',
  refused: 'Signed out',
};

/** Always in the header; changes are announced by the banner. */
export function ConnectionMark() {
  const { phase } = useConnection();
  return <span className={`mark ${phase}`}>{WORDS[phase]}</span>;
}
