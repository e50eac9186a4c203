import { buildSchema, execute, type GraphQLSchema, parse } from 'graphql';
import type { Caller, Scope } from '../../../src/access/caller';
import type { OperationContext, Services } from '../../../src/graphql/context';
import { type Answer, createSharedAnswers, type Subscriber } from '../../../src/graphql/sharedAnswers';
import { shareKey } from '../../../src/graphql/shareKey';
import type { VerificationUpdate } from '../../../src/graphql/verificationUpdate.type';

const telemetry = { start: () => ({ report: {}, run: (work: () => unknown) => work(), end() {} }) };
const services = { clientFor: () => ({}), operationMs: 1_000, telemetry } as unknown as Services;

type Resolve = (update: VerificationUpdate, args: object, context: OperationContext) => unknown;

/** `changed` answers what the resolver does. */
function schemaOf(resolve: Resolve): GraphQLSchema {
  const schema = buildSchema(`
    type Query { nothing: Int }
    type Subscription { changed(id: ID): Change }
    type Change { value(length: Int): String }
  `);
  const changed = schema.getSubscriptionType()?.getFields().changed;
  if (changed) changed.resolve = (update) => update;
  const value = (schema.getType('Change') as unknown as { getFields(): { value: { resolve: Resolve } } }).getFields();
  value.value.resolve = resolve;
  return schema;
}

const document = parse('subscription { changed { value } }');

function subscriberOf(schema: GraphQLSchema, id: string, scopes: Scope[] = ['kyc:read'], rest: Partial<Caller> = {}) {
  const caller: Caller = { id, kind: 'USER', scopes: new Set(scopes), expiresAt: null, ...rest };
  const subscriber: Subscriber = {
    args: { schema, document },
    variables: {},
    caller,
    requestId: `request of ${id}`,
    shareKey: shareKey(document, null, {}, caller),
  };
  return subscriber;
}

function updateOf(kind: VerificationUpdate['kind'] = 'CHANGE'): VerificationUpdate {
  return { cursor: '1-1', kind } as VerificationUpdate;
}

const outcomeOf = ({ result }: Answer) => (result.data as { changed: { value: unknown } }).changed.value;

afterEach(() => jest.useRealTimers());

test('who may see the same is told the outcome of one execution', () => {
  let executions = 0;
  const schema = schemaOf(() => `execution ${++executions}`);
  const answers = createSharedAnswers(services, (args) => execute(args));
  const [one, two] = [subscriberOf(schema, 'one'), subscriberOf(schema, 'two')];
  const update = updateOf();
  const first = answers.to(update, one).answer as Answer;
  expect(answers.to(update, two).answer).toBe(first);
  expect(answers.to(updateOf(), two).answer).not.toBe(first);
  expect(executions).toBe(2);
});

test.each<[string, Scope[], Partial<Caller>]>([
  ['another scope', ['kyc:read', 'kyc:pii'], {}],
  ['a watch token', ['kyc:read'], { watches: { verificationId: 'v1', shortId: null } }],
])('who has %s is told the outcome of another execution', (_what, scopes, rest) => {
  let executions = 0;
  const schema = schemaOf(() => `execution ${++executions}`);
  const answers = createSharedAnswers(services, (args) => execute(args));
  const update = updateOf();
  const first = answers.to(update, subscriberOf(schema, 'one')).answer as Answer;
  const second = answers.to(update, subscriberOf(schema, 'two', scopes, rest)).answer as Answer;
  expect([outcomeOf(first), outcomeOf(second)]).toEqual(['execution 1', 'execution 2']);
});

test.each<[string, VerificationUpdate['kind'], Partial<Caller>]>([
  ['a snapshot', 'SNAPSHOT', {}],
  ['an update for a caller whose token has ended', 'CHANGE', { expiresAt: '2020-01-01T00:00:00.000Z' }],
])('%s is shared with nobody', (_what, kind, rest) => {
  let executions = 0;
  const schema = schemaOf(() => `execution ${++executions}`);
  const answers = createSharedAnswers(services, (args) => execute(args));
  const update = updateOf(kind);
  for (const id of ['one', 'two']) answers.to(update, subscriberOf(schema, id, ['kyc:read'], rest));
  expect(executions).toBe(2);
});

test.each<[string, Resolve]>([
  ['who is calling', (_update, _args, { caller }) => caller.id.split(' ').at(-1)],
  ['for which request', (_update, _args, { requestId }) => requestId.split(' ').at(-1)],
  [
    'who is calling, after a while',
    (_update, _args, context) => Promise.resolve(context).then(({ caller }) => caller.id),
  ],
])('an answer in which a resolver asks %s belongs to that caller', async (_what, resolve) => {
  const schema = schemaOf(resolve);
  const answers = createSharedAnswers(services, (args) => execute(args));
  const [one, two] = [subscriberOf(schema, 'one'), subscriberOf(schema, 'two')];
  const update = updateOf();
  const begun = [answers.to(update, one), answers.to(update, two)];
  const [mine, joined] = await Promise.all(begun.map(({ answer }) => answer));
  expect([outcomeOf(mine as Answer), mine?.owner]).toEqual(['one', one]);
  expect(joined?.owner).toBe(one);
  const own = await answers.own(update, two).answer;
  expect([outcomeOf(own), own.owner]).toEqual(['two', two]);
});

test('an execution is given up when the last who waits for it has left', async () => {
  let signal: OperationContext['signal'] | undefined;
  const schema = schemaOf((_update, _args, context) => {
    signal = context.signal;
    return new Promise((_resolve, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason));
    });
  });
  const answers = createSharedAnswers(services, (args) => execute(args));
  const update = updateOf();
  const executions = ['one', 'two'].map((id) => answers.to(update, subscriberOf(schema, id)));
  executions[0]?.leave();
  expect(signal?.aborted).toBe(false);
  executions[1]?.leave();
  expect(signal?.aborted).toBe(true);
  const [settled] = await Promise.all(executions.map(({ answer }) => answer));
  expect(settled?.result.errors).toHaveLength(1);
  const anew = answers.to(update, subscriberOf(schema, 'three'));
  expect(anew).not.toBe(executions[0]);
  anew.leave();
});

test('an answer is shared for one second and for 16 MiB, not longer', () => {
  jest.useFakeTimers();
  let executions = 0;
  const schema = schemaOf(() => `execution ${++executions}`);
  const answers = createSharedAnswers(services, (args) => execute(args));
  const update = updateOf();
  const ask = () => answers.to(update, subscriberOf(schema, 'one')).answer as Answer;
  ask();
  jest.advanceTimersByTime(999);
  expect(outcomeOf(ask())).toBe('execution 1');
  jest.advanceTimersByTime(1);
  const second = ask();
  expect(outcomeOf(second)).toBe('execution 2');
  answers.keepJson(second, ' '.repeat(16 * 1024 * 1024));
  expect(ask()).toBe(second);
  answers.keepJson(second, ' ');
  expect(outcomeOf(ask())).toBe('execution 3');
  jest.runAllTimers();
  expect(jest.getTimerCount()).toBe(0);
});

describe('what a subscription is told depends on', () => {
  const caller: Caller = { id: 'one', kind: 'USER', scopes: new Set(['kyc:read']), expiresAt: null };
  const selecting = parse('subscription ($id: ID, $if: Boolean!) { changed(id: $id) @include(if: $if) { value } }');
  const telling = parse('subscription A($n: Int) { changed { ...F } } fragment F on Change { value(length: $n) }');
  const key = (source: typeof selecting, variables = {}, operation: string | null = null) =>
    shareKey(source, operation, variables, caller);

  test('no variable that only selects what is told', () => {
    expect(key(selecting, { id: '1', if: true })).toBe(key(selecting, { id: '2', if: true }));
  });

  test('variables of directives and below the root field, and on whether they are given', () => {
    expect(key(selecting, { if: true })).not.toBe(key(selecting, { if: false }));
    expect(key(telling, { n: 1 })).not.toBe(key(telling, { n: 2 }));
    expect(key(telling, { n: null })).not.toBe(key(telling, {}));
  });

  test('the document and the operation', () => {
    expect(key(telling)).not.toBe(key(selecting));
    expect(key(telling, {}, 'A')).not.toBe(key(telling));
  });

  test('not the order of scopes', () => {
    const scopes = (...names: Scope[]) => shareKey(telling, null, {}, { ...caller, scopes: new Set(names) });
    expect(scopes('kyc:read', 'kyc:pii')).toBe(scopes('kyc:pii', 'kyc:read'));
  });
});
