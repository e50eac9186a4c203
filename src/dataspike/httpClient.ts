import { Axios, type AxiosRequestConfig, type AxiosResponse } from 'axios';
import { createUndiciAdapter, type UndiciOptions } from './undiciAdapter';

export interface HttpClient {
  /** Rejects with an AxiosError; every status is an answer. */
  request<A>(config: AxiosRequestConfig): Promise<AxiosResponse<A>>;
  /** Cuts all connections, and with them the running requests. */
  close(): void;
}

const JSON_LIMIT_BYTES = 5 * 1024 * 1024;

/** Axios with nothing of its defaults, which follow, guess, or wait without end; its requests go through undici. */
export function createHttpClient(options: UndiciOptions): HttpClient {
  const { adapter, close } = createUndiciAdapter(options);
  const instance = new Axios({ adapter, responseType: 'text', maxContentLength: JSON_LIMIT_BYTES });
  return { request: (config) => instance.request(config), close };
}
