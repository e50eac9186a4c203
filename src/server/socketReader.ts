import type { ResultReader } from '../graphql/updateDelivery';
import type { FrameWriter } from './frameWriter';

/** Takes the results of one subscription as messages of graphql-transport-ws. A class, as the writer is. */
export class SocketReader implements ResultReader {
  private readonly head: Buffer;

  constructor(
    private readonly frames: FrameWriter,
    id: string,
  ) {
    this.head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  }

  take(json: Buffer): void {
    this.frames.write(this.head, json);
  }

  isReady(): boolean {
    return this.frames.isReady();
  }

  whenReady(resume: () => void): void {
    this.frames.whenReady(resume);
  }
}
