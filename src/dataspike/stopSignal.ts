/** Whether somebody still waits, as far as requests need to know it. Every AbortSignal is one. */
export interface CallSignal {
  readonly aborted: boolean;
  /** What to throw once it has aborted. */
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * An AbortController and its signal in one, for what is made with every operation and every request: real ones take as
 * long as a tenth of a request. A class, because axios copies plain objects.
 */
export class StopSignal implements CallSignal {
  aborted = false;
  reason: unknown = undefined;
  /** Most signals have one listener at a time, which needs no set. */
  #first: (() => void) | null = null;
  #others: Set<() => void> | null = null;

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }
  /** Each is called once, since a signal aborts once. */
  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.#first === null) this.#first = listener;
    else if (this.#first !== listener) {
      this.#others ??= new Set();
      this.#others.add(listener);
    }
  }
  removeEventListener(_type: 'abort', listener: () => void): void {
    if (this.#first === listener) this.#first = null;
    else this.#others?.delete(listener);
  }
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const listeners = [...(this.#first ? [this.#first] : []), ...(this.#others ?? [])];
    this.#first = this.#others = null;
    for (const listener of listeners) listener();
  }
}
