import { Writable } from 'node:stream';
import { createLogger, describeError } from '../../../src/logger';

class WithOwnName extends Error {
  override readonly name = 'E_OWN_NAME';
}
class WithoutOwnName extends Error {}

test.each([
  ['an error', () => new Error('anna@example.com'), 'Error'],
  ['an error with a name', () => new WithOwnName('anna@example.com'), 'E_OWN_NAME'],
  ['an error of a class', () => new WithoutOwnName('anna@example.com'), 'WithoutOwnName'],
  ['a type error', () => new TypeError('anna@example.com'), 'TypeError'],
  ['an error whose message looks like a place', () => new Error('x\n  at anna@example.com'), 'Error'],
])('%s is told by its class and its place, never by its message', (_what, make, name) => {
  const described = describeError(make());
  expect(described.name).toBe(name);
  expect(described.at.length).toBeGreaterThan(0);
  expect(described.at.length).toBeLessThanOrEqual(8);
  expect(JSON.stringify(described)).not.toContain('anna');
});

test.each([
  ['a text', 'anna@example.com', 'string'],
  ['nothing', undefined, 'undefined'],
  ['an object', { email: 'anna@example.com' }, 'object'],
])('%s that was thrown is told by its type alone', (_what, thrown, name) => {
  expect(describeError(thrown)).toEqual({ name, at: [] });
});

test('an error whose message was changed later keeps its place', () => {
  const error = new Error('first');
  error.message = 'anna@example.com '.repeat(500);
  expect(describeError(error).at[0]).toContain('logger.test.ts');
});

test('an error without a stack has no place', () => {
  const error = new Error('anna@example.com');
  error.stack = undefined;
  expect(describeError(error)).toEqual({ name: 'Error', at: [] });
});

test('lines are JSON with an RFC 3339 time, from the level on that was asked for', () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = createLogger('warn', sink);
  logger.info('left out');
  logger.warn({ count: 2 }, 'kept');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 40, time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), count: 2, msg: 'kept' },
  ]);
});
