import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Board } from './board/Board';
import { SignIn } from './board/SignIn';
import { LiveProvider } from './live/LiveContext';
import { createLiveClient, type LiveClient } from './live/liveClient';
import { findToken, forgetToken, keepToken } from './session/token';
import './styles/base.css';
import './styles/board.css';
import './styles/panel.css';

/** On this page's own origin: behind a proxy in `vite.config.ts`, and in front of the built files in the demo. */
const ENDPOINT = '/graphql';

function App({ tokenAtFirst }: { tokenAtFirst: string | null }) {
  const [token, setToken] = useState(tokenAtFirst);
  const [live, setLive] = useState<LiveClient | null>(null);

  useEffect(() => {
    if (token === null) return;
    const created = createLiveClient(ENDPOINT, token);
    setLive(created);
    return () => {
      setLive(null);
      created.close();
    };
  }, [token]);

  function signIn(given: string): void {
    keepToken(given);
    setToken(given);
  }

  function signOut(): void {
    forgetToken();
    setToken(null);
  }

  if (token === null) return <SignIn onToken={signIn} />;
  return (
    live && (
      <LiveProvider live={live}>
        <Board onSignOut={signOut} />
      </LiveProvider>
    )
  );
}

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App tokenAtFirst={findToken()} />
    </StrictMode>,
  );
}
