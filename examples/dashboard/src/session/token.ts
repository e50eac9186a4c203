const KEY = 'dataspike-token';

/**
 * The token of this tab: from the address (`#token=…`, which no server and no log ever sees), from an earlier visit in
 * the same tab, or from the page as the demo serves it. A token in the address is taken out of it.
 * @returns null when the person must be asked
 */
export function findToken(): string | null {
  const fromAddress = readFragment('token');
  if (fromAddress !== null) {
    history.replaceState(null, '', `${location.pathname}${location.search}`);
    keepToken(fromAddress);
    return fromAddress;
  }
  const fromPage = document.querySelector<HTMLMetaElement>('meta[name="dataspike-token"]')?.content;
  // The demo has another token after each start, and its page knows the newest.
  return fromPage || sessionStorage.getItem(KEY);
}

/** For this tab, until it is closed. */
export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}

/** @returns null when the address has no such part */
export function readFragment(name: string): string | null {
  return new URLSearchParams(location.hash.slice(1)).get(name);
}
