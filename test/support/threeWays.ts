import { openAcknowledged } from './protocolSocket';
import { type TestGateway, TOKEN } from './startGateway';

export interface WayAnswer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
}

export const WAYS = ['HTTP', 'Server-Sent Events', 'WebSocket'] as const;
export type Way = (typeof WAYS)[number];

/** The first answer to an operation over one of the three ways in. @param token default: the one that may do everything */
export async function askOver(
  way: Way,
  app: TestGateway,
  payload: Record<string, unknown>,
  token = TOKEN,
): Promise<WayAnswer> {
  if (way === 'WebSocket') return askOverWebSocket(app, payload, token);
  const response = await fetch(`${app.gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: way === 'HTTP' ? 'application/json' : 'text/event-stream',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(payload),
  });
  if (response.headers.get('content-type')?.startsWith('application/json')) return (await response.json()) as WayAnswer;
  return firstEvent(response);
}

async function firstEvent(response: Response): Promise<WayAnswer> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const data = /^data: (.+)\n/m.exec(text)?.[1];
    if (data !== undefined) return JSON.parse(data) as WayAnswer;
  }
  throw new Error('The stream ended without a result');
}

async function askOverWebSocket(app: TestGateway, payload: Record<string, unknown>, token: string): Promise<WayAnswer> {
  const socket = await openAcknowledged(app.gateway.url, { token });
  try {
    socket.send({ id: '1', type: 'subscribe', payload: { query: '', ...payload } });
    const message = await socket.receive('1');
    return message.type === 'error' ? { errors: message.payload } : (message.payload as WayAnswer);
  } finally {
    socket.socket.close();
  }
}
