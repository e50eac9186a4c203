import { UpstreamNotFound } from './errors';

/** What a read gives, or null where Dataspike has nothing under that id, or the id could be nobody's. */
export async function nullWhenNotFound<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UpstreamNotFound) return null;
    throw error;
  }
}
