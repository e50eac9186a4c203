import type { ServerResponse } from 'node:http';
import { UpstreamTimeout } from '../dataspike/errors';
import { ClientGone } from '../graphql/context';
import { FileRefusal } from './fileAnswer';
import { createTransferClock, type TransferClock } from './transferClock';

/** How long each side of a transfer may keep the other one waiting. */
export interface TransferTimes {
  /** For every 64 KiB that the client sends or takes. */
  readonly clientMs: number;
  /** For every piece that Dataspike sends or takes, and for its answer. */
  readonly dataspikeMs: number;
}

/** One file on its way between a client and Dataspike. */
export interface Transfer {
  readonly clock: TransferClock;
  /** Aborts when either side is too slow, and when the client has gone; its reason is what to answer. */
  readonly signal: AbortSignal;
}

export function openTransfer(response: ServerResponse, times: TransferTimes): Transfer {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new ClientGone());
  });
  const clock = createTransferClock({
    ...times,
    onTimeout: (side) => controller.abort(side === 'client' ? clientTooSlow() : new UpstreamTimeout()),
  });
  return { clock, signal: controller.signal };
}

function clientTooSlow(): FileRefusal {
  return new FileRefusal(408, 'TOO_SLOW', 'Too little came within the time allowed');
}
