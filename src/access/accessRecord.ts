import pino, { type DestinationStream } from 'pino';
import type { Caller } from './caller';

/** That personal data was shown: to whom, about whom, which fields. Never what they hold. */
export interface Access {
  readonly caller: Caller;
  readonly requestId: string;
  readonly operationName: string | null;
  /** Of the document, lower-case hex. */
  readonly documentSha256: string;
  readonly applicantIds: readonly string[];
  /** `Type.field`, each once. */
  readonly fields: readonly string[];
}

export type RecordAccess = (access: Access) => void;

/** Writes one JSON line for each access, with the time. */
export function createAccessRecorder(destination: DestinationStream): RecordAccess {
  return ({ caller, requestId, operationName, documentSha256, applicantIds, fields }) => {
    const line = {
      record: 'access',
      time: new Date().toISOString(),
      requestId,
      caller: { id: caller.id, kind: caller.kind },
      operation: { name: operationName, sha256: documentSha256 },
      applicantIds,
      fields,
    };
    destination.write(`${JSON.stringify(line)}\n`);
  };
}

/** Where the lines go. */
export interface AccessLog extends DestinationStream {
  /** Ends the file; lines are in it by then. */
  close(): void;
}

/**
 * Opens what ACCESS_LOG names. Lines are written before the answer leaves, so that none is lost with the process.
 * @param target `stdout`, or the path of a file, which is appended to and made when there is none, readable by its owner
 * @throws the system's error for a file that cannot be written
 */
export function openAccessLog(target: string): AccessLog {
  if (target === 'stdout') {
    const stdout = pino.destination({ dest: 1, sync: true });
    return { write: (line) => stdout.write(line), close: () => stdout.flushSync() };
  }
  const file = pino.destination({ dest: target, append: true, sync: true, mode: 0o600 });
  return { write: (line) => file.write(line), close: () => file.end() };
}
