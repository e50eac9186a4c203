import pino, { type DestinationStream, type Logger } from 'pino';

/**
 * JSON lines on standard output. Nothing redacts afterwards: callers log words, counts and ids, never bodies, headers,
 * tokens, messages of foreign errors or anything about a person.
 * @param level a level of pino, or `silent`
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * What may be logged of an error that is not ours: its class and where it was thrown. Its message may hold anything.
 */
export function describeError(error: unknown): { name: string; at: string[] } {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const { stack = '', message } = error;
  // The stack repeats the message, whose lines may look like places.
  const messageAt = stack.indexOf(message);
  const places = messageAt < 0 ? stack : stack.slice(messageAt + message.length);
  const frames = places.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name: error.name === 'Error' ? error.constructor.name : error.name,
    at: frames.slice(0, 8).map((line) => line.trim()),
  };
}
