import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { LiveProvider } from './live/LiveContext';
import { createLiveClient } from './live/liveClient';
import { readFragment } from './session/token';
import { WatchPage } from './watch/WatchPage';
import { watchedVerificationId } from './watch/watchedVerification';
import './styles/base.css';
import './styles/watch.css';

const token = readFragment('token') ?? '';
const verificationId = watchedVerificationId(token);
const root = document.getElementById('root');
// The other link is a change of the fragment only, which loads nothing by itself.
window.addEventListener('hashchange', () => location.reload());
if (root) {
  createRoot(root).render(
    <StrictMode>
      {verificationId === null ? (
        <main className="watch card">
          <h1>Your verification</h1>
          <p>This link is not complete. Copy all of it, or ask for a new one.</p>
        </main>
      ) : (
        <LiveProvider live={createLiveClient('/graphql', token)}>
          <WatchPage verificationId={verificationId} />
        </LiveProvider>
      )}
    </StrictMode>,
  );
}
