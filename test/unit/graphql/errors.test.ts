import { Writable } from 'node:stream';
import { GraphQLError } from 'graphql';
import { Unauthenticated } from '../../../src/access/caller';
import {
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamTimeout,
  UpstreamUnavailable,
} from '../../../src/dataspike/errors';
import { EventLogUnavailable } from '../../../src/events/eventLog';
import { ClientGone } from '../../../src/graphql/context';
import { BadUserInput, CursorInvalid, requestError, toPublicError } from '../../../src/graphql/errors';
import { createLogger } from '../../../src/logger';

const lines: string[] = [];
const sink = new Writable({
  write(chunk, _encoding, done) {
    lines.push(String(chunk));
    done();
  },
});
const logger = createLogger('trace', sink);
beforeEach(() => {
  lines.length = 0;
});

test.each([
  [new UpstreamUnavailable(502), { code: 'UPSTREAM_UNAVAILABLE', retryable: true }],
  [new UpstreamTimeout(), { code: 'UPSTREAM_TIMEOUT', retryable: true }],
  [new UpstreamRateLimited(1_500), { code: 'UPSTREAM_RATE_LIMITED', retryable: true, retryAfterMs: 1_500 }],
  [new UpstreamRateLimited(null), { code: 'UPSTREAM_RATE_LIMITED', retryable: true }],
  [new UpstreamRejected(401), { code: 'UPSTREAM_REJECTED', retryable: false }],
  [new UpstreamNotFound(), { code: 'BAD_USER_INPUT', retryable: false }],
  [new CursorInvalid(), { code: 'CURSOR_INVALID', retryable: false }],
  [new BadUserInput('`first` is wrong'), { code: 'BAD_USER_INPUT', retryable: false }],
  [new Unauthenticated(), { code: 'UNAUTHENTICATED', retryable: false }],
  [new ClientGone(), { code: 'INTERNAL_SERVER_ERROR', retryable: true }],
  [requestError('BAD_REQUEST', 'Not like this'), { code: 'BAD_REQUEST', retryable: false }],
])('%s has its code, whether it comes bare or wrapped twice, and is not logged', (error, extensions) => {
  const wrapped = new GraphQLError('outer', { originalError: new GraphQLError('inner', { originalError: error }) });
  const { message } = error;
  expect(toPublicError(error, logger)).toEqual(expect.objectContaining({ message, extensions }));
  if (!(error instanceof GraphQLError)) {
    expect(toPublicError(wrapped, logger, 'r-1')).toEqual({ message, extensions: { ...extensions, requestId: 'r-1' } });
  }
  expect(lines).toEqual([]);
});

test('an event log that cannot be reached may be asked again', () => {
  expect(toPublicError(new EventLogUnavailable(), logger)).toEqual({
    message: 'Updates are not available at the moment',
    extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: true },
  });
});

test.each([
  ['an error of ours', new Error('anna@example.com')],
  ['an error that claims a code', new GraphQLError('anna@example.com', { extensions: { code: 'CUSTOM' } })],
  ['an error that was given a code of no text', new GraphQLError('anna@example.com', { extensions: { code: 7 } })],
  ['a text', 'anna@example.com'],
])('%s that nobody foresaw is masked, and logged without its message', (_what, error) => {
  expect(toPublicError(error, logger, 'r-2')).toEqual({
    message: 'Internal server error',
    extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false, requestId: 'r-2' },
  });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 50,
    requestId: 'r-2',
    error: { name: expect.any(String) },
  });
  expect(lines[0]).not.toContain('anna');
});

test('where it happened is kept', () => {
  const path = ['verifications', 'nodes', 0];
  expect(toPublicError(new GraphQLError('x', { path, originalError: new CursorInvalid() }), logger)).toMatchObject({
    path,
  });
});
