import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A delivery as it arrived. */
export interface ReceivedDelivery {
  readonly signature: string | null;
  /** Raw, as signed */
  readonly body: string;
  readonly envelope: {
    readonly id: string;
    readonly webhook_id: string;
    readonly event_type: string;
    readonly timestamp: string;
    readonly payload: Record<string, unknown>;
  };
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedDelivery[];
  /** Statuses to answer with, one delivery each; 200 when used up; `silence` never answers. */
  answerWith(...statuses: (number | 'silence')[]): void;
  /** Resolves with all deliveries once there are so many. */
  waitFor(count: number): Promise<readonly ReceivedDelivery[]>;
  close(): Promise<void>;
}

/** A subscriber on a port of its own. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedDelivery[] = [];
  const answers: (number | 'silence')[] = [];
  let waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const signature = request.headers['x-webhook-signature'];
    received.push({ body, envelope: JSON.parse(body), signature: typeof signature === 'string' ? signature : null });
    const answer = answers.shift() ?? 200;
    if (answer !== 'silence') response.writeHead(answer).end();
    waiting = waiting.filter(({ count, resolve }) => {
      if (received.length < count) return true;
      resolve();
      return false;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answerWith: (...statuses) => void answers.push(...statuses),
    async waitFor(count) {
      if (received.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
      return received;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
