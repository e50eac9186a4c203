/** Asks for a token. In your product this is your own sign-in, and the token your identity provider's. */
export function SignIn({ onToken }: { onToken: (token: string) => void }) {
  function submit(data: FormData): void {
    const token = String(data.get('token') ?? '').trim();
    if (token) onToken(token);
  }
  return (
    <main className="sign-in card">
      <h1>Verifications</h1>
      <form action={submit}>
        <label htmlFor="token">Token of the gateway, with the scope kyc:read</label>
        <input id="token" name="token" type="password" autoComplete="off" required />
        <button type="submit" className="primary">
          Show the board
        </button>
      </form>
      <p>It is kept in this tab and forgotten when the tab is closed.</p>
    </main>
  );
}
