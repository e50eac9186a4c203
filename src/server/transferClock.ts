/** Whose turn it is while a file passes through the gateway, and how long each side may take over it. */
export interface TransferClock {
  waitForClient(): void;
  waitForDataspike(): void;
  /** The client sent or took this many bytes. */
  clientMoved(bytes: number): void;
  /** Nobody's turn any more. Must be called in the end. */
  stop(): void;
}

/**
 * Only the side whose turn it is uses up its time. Dataspike has its full time at each turn. The client's time is filled
 * up only for a certain amount of bytes: one byte now and then keeps nothing alive.
 * @param clientMs how long the client may be waited for while it moves less than `clientBytes`
 * @param onTimeout called once, with the side that was too slow
 */
export function createTransferClock({
  clientMs,
  clientBytes = 65_536,
  dataspikeMs,
  onTimeout,
}: {
  clientMs: number;
  clientBytes?: number;
  dataspikeMs: number;
  onTimeout: (side: 'client' | 'dataspike') => void;
}): TransferClock {
  let timer: NodeJS.Timeout | undefined;
  let clientSince: number | null = null;
  let clientLeftMs = clientMs;
  let clientMovedBytes = 0;
  let isOver = false;

  function stop() {
    clearTimeout(timer);
    if (clientSince !== null) clientLeftMs -= performance.now() - clientSince;
    clientSince = null;
  }

  function start(side: 'client' | 'dataspike', limitMs: number) {
    if (isOver) return;
    timer = setTimeout(() => {
      isOver = true;
      onTimeout(side);
    }, limitMs);
  }

  return {
    waitForClient() {
      stop();
      clientSince = performance.now();
      start('client', Math.max(0, clientLeftMs));
    },
    waitForDataspike() {
      stop();
      start('dataspike', dataspikeMs);
    },
    clientMoved(bytes) {
      clientMovedBytes += bytes;
      if (clientMovedBytes < clientBytes) return;
      clientMovedBytes = 0;
      clientLeftMs = clientMs;
      if (clientSince !== null) clientSince = performance.now();
    },
    stop,
  };
}
