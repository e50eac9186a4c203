import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  locatedError,
} from 'graphql';
// What the executor itself asks which fields an operation has, fragments, @skip and @include included.
import { collectFields } from 'graphql/execution/collectFields';
import { Extensions } from 'type-graphql';
import { type Caller, Forbidden, type Scope, Unauthenticated, type WatchedVerification } from '../access/caller';
import { hasExpired } from '../access/callerExpiry';
import type { OperationContext } from './context';

type Arguments = Readonly<Record<string, unknown>>;

/**
 * What the holder of a watch token gets of a root field: the arguments to go on with, narrowed to what they may see; or null
 * when what they ask for does not exist for them.
 * @throws Forbidden
 */
export type WatcherRule = (args: Arguments, watched: WatchedVerification) => Arguments | null;

/** Says which scope a root field needs. @param forWatchers left out: watch tokens are refused */
export function Scoped(scope: Scope, forWatchers?: WatcherRule) {
  return Extensions({ scope, forWatchers });
}

/** A field of Query that tells the schema alone: who may ask for that was decided when the document was admitted. */
export const OpenToAll = () => Extensions({ openToAll: true });

/** Speaks of the caller, or of nobody. */
export const asItIs: WatcherRule = (args) => args;

/** The watched verification exists, nothing else does. */
export function ifWatched(argument: string, name: keyof WatchedVerification): WatcherRule {
  return (args, watched) => (args[argument] === watched[name] ? args : null);
}

/** A list of one: what is left out is the watched verification, everything else is refused. */
export const onlyWatched: WatcherRule = (args, { verificationId }) => {
  const isOther = args.verificationId != null && args.verificationId !== verificationId;
  // Whose the verification is would show in whether anything comes.
  if (isOther || args.applicantId != null) throw new Forbidden(null);
  return { ...args, verificationId };
};

type RootField = GraphQLField<unknown, OperationContext>;
type Resolve = GraphQLFieldResolver<unknown, OperationContext>;

/**
 * Puts the check of each declared scope in front of every root field, and its name into the description. The one place
 * where scopes are enforced: what a root field answers is readable by whoever may call it, personal data apart. Of a
 * mutation every field is checked before the first one runs: none may happen whose result another one's refusal takes.
 * @throws Error for a root field without a scope
 */
export function enforceScopes(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    if (field.extensions.openToAll === true) continue;
    field.resolve = guarded(field, field.resolve ?? defaultFieldResolver);
    describe(field);
  }
  const allowed = new WeakSet<OperationContext>();
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    field.resolve = guardedTogether(allowed, field.resolve ?? defaultFieldResolver);
    describe(field);
  }
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    if (field.subscribe) field.subscribe = guarded(field, field.subscribe);
    field.resolve = stillAllowed(field);
    describe(field);
  }
  return schema;
}

/** The scope that a root field declares; null when it declares none. */
export function scopeOf(field: RootField): Scope | null {
  const { scope } = field.extensions;
  return typeof scope === 'string' ? (scope as Scope) : null;
}

function guarded(field: RootField, go: Resolve): Resolve {
  const scope = requiredScope(field);
  const forWatchers = field.extensions.forWatchers as WatcherRule | undefined;
  return (source, args, context, info) => {
    check(context.caller, scope);
    const { watches } = context.caller;
    if (!watches) return go(source, args, context, info);
    if (!forWatchers) throw new Forbidden(null);
    const narrowed = forWatchers(args, watches);
    return narrowed && go(source, narrowed, context, info);
  };
}

/** @param allowed operations whose fields have all been checked; the token may end while they run */
function guardedTogether(allowed: WeakSet<OperationContext>, go: Resolve): Resolve {
  return (source, args, context, info) => {
    if (!allowed.has(context)) {
      checkAll(context.caller, info);
      allowed.add(context);
    }
    return go(source, args, context, info);
  };
}

/** @throws {GraphQLError} placed at the first field of the mutation that is refused */
function checkAll(caller: Caller, { schema, fragments, variableValues, parentType, operation }: GraphQLResolveInfo) {
  const asked = collectFields(schema, fragments, variableValues, parentType, operation.selectionSet);
  for (const [key, nodes] of asked) {
    const field = parentType.getFields()[nodes[0]?.name.value ?? ''];
    if (!field) continue;
    try {
      check(caller, requiredScope(field));
      // A watch token changes nothing.
      if (caller.watches) throw new Forbidden(null);
    } catch (error) {
      throw locatedError(error, nodes, [key]);
    }
  }
}

/**
 * For every event anew. What a watcher's subscription may tell was settled when it began. The event is the field's value:
 * type-graphql would answer with a promise of it, and everybody who waits for the event would wait for that.
 */
function stillAllowed(field: RootField): Resolve {
  const scope = requiredScope(field);
  return (event, _args, { caller }) => {
    check(caller, scope);
    return event;
  };
}

function check(caller: Caller, scope: Scope): void {
  if (hasExpired(caller)) throw new Unauthenticated();
  if (!caller.scopes.has(scope)) throw new Forbidden(scope);
}

function requiredScope(field: RootField): Scope {
  const scope = scopeOf(field);
  if (scope === null) throw new Error(`The root field ${field.name} declares no scope`);
  return scope;
}

function describe(field: RootField): void {
  field.description = `${field.description ?? ''} Scope ${requiredScope(field)}.`.trim();
}
