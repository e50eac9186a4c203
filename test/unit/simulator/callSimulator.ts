import type { Simulator } from '../../../src/simulator/simulator';

/** An answer, read to its end. */
export interface SimulatorAnswer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests pick members out of JSON that other tests hold against the contract
  readonly json: any;
}

export interface SimulatorCaller {
  get(path: string): Promise<SimulatorAnswer>;
  post(path: string, json?: unknown): Promise<SimulatorAnswer>;
  put(path: string, json?: unknown): Promise<SimulatorAnswer>;
  remove(path: string): Promise<SimulatorAnswer>;
  /** @param content of the file; tests that want no duplicates choose their own */
  upload(path: string, type: string, content: string, fileName?: string): Promise<SimulatorAnswer>;
}

/** Calls a simulator over HTTP with its key. */
export function createCaller(simulator: Simulator): SimulatorCaller {
  const key = { 'ds-api-token': simulator.apiKey };

  async function send(path: string, init: RequestInit): Promise<SimulatorAnswer> {
    const response = await fetch(simulator.url + path, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
    return { status: response.status, text, json: isJson ? JSON.parse(text) : null };
  }

  function sendJson(method: string, path: string, json: unknown): Promise<SimulatorAnswer> {
    const headers = { ...key, 'content-type': 'application/json' };
    return send(path, { method, headers, body: JSON.stringify(json) });
  }

  return {
    get: (path) => send(path, { headers: key }),
    post: (path, json = {}) => sendJson('POST', path, json),
    put: (path, json = {}) => sendJson('PUT', path, json),
    remove: (path) => send(path, { method: 'DELETE', headers: key }),
    upload(path, type, content, fileName = 'file.jpg') {
      const form = new FormData();
      form.append('document_type', type);
      form.append('file', new File([content], fileName, { type: 'image/jpeg' }));
      return send(path, { method: 'POST', headers: key, body: form });
    },
  };
}

/** Asks again until the answer is as wanted; the test's own time limit ends it. */
export async function waitUntil<Value>(
  read: () => Promise<Value>,
  isWanted: (value: Value) => boolean,
): Promise<Value> {
  for (;;) {
    const value = await read();
    if (isWanted(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
