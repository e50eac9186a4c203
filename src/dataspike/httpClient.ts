import { Axios, type AxiosRequestConfig, type AxiosResponse } from 'axios';
import { createUndiciAdapter, type UndiciOptions } from './undiciAdapter';

export interface HttpClient {
  /** Rejects with an AxiosError; every status is an answer. */
  request<A>(config: AxiosRequestConfig): Promise<AxiosResponse<A>>;
  /** Cuts all connections, and with them the running requests. */
  close(): void;
}

/**
 * Axios with nothing of its defaults, which follow, guess, or wait without end, and which it would merge into every request;
 * its requests go through undici.
 */
export function createHttpClient(options: UndiciOptions): HttpClient {
  const { adapter, close } = createUndiciAdapter(options);
  // Axios spreads each request's configuration over this one; what this one lacked would give each request shapes of its own,
  // which only a marking of the whole heap takes away.
  const ofEachRequest = { method: undefined, url: undefined, signal: undefined };
  const instance = new Axios({ adapter, ...ofEachRequest });
  return { request: (config) => instance.request(config), close };
}
