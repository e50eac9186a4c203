import type { ApolloServerPlugin } from '@apollo/server';
import {
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  responsePathAsArray,
} from 'graphql';
import type { OperationContext } from './context';
import { comparePaths } from './settleErrors';

type Resolve = GraphQLFieldResolver<unknown, OperationContext>;

/** What the entity cache can give although it is old. */
const CACHED_TYPES = new Set(['Applicant', 'Verification', 'Profile', '_Entity']);

/** Makes the fields that give an entity note where it is old. Other fields stay as they are. */
export function noteStaleFields(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      if (field.resolve && CACHED_TYPES.has(getNamedType(field.type).name)) field.resolve = noting(field.resolve);
    }
  }
  return schema;
}

/** What belongs into the answer's `extensions`; undefined when nothing is old. */
export function concludeStaleness({
  stalePaths,
}: Pick<OperationContext, 'stalePaths'>): { stale: OperationContext['stalePaths'] } | undefined {
  // Sorted, since what is met first depends on what answers first.
  return stalePaths.length > 0
    ? { stale: stalePaths.sort((one, other) => comparePaths(one.path, other.path)) }
    : undefined;
}

/**
 * Queries alone may be given what is old, and their answers say so in `extensions.stale`. A mutation acts on what it
 * reads, and a subscription promises the current state: both would rather fail.
 */
export const tellStaleness: ApolloServerPlugin<OperationContext> = {
  async requestDidStart({ contextValue: { staleness, stalePaths } }) {
    return {
      async didResolveOperation({ operation }) {
        staleness.isAllowed = operation?.operation === 'query';
      },
      async willSendResponse({ response }) {
        const extensions = concludeStaleness({ stalePaths });
        if (extensions === undefined || response.body.kind !== 'single') return;
        const { singleResult } = response.body;
        singleResult.extensions = { ...singleResult.extensions, ...extensions };
      },
    };
  },
};

function noting(resolve: Resolve): Resolve {
  return (source, args, context, info) => {
    const value = resolve(source, args, context, info);
    if (!context.staleness.isAllowed || !(value instanceof Promise)) return value;
    return value.then((settled) => {
      const { ages } = context.staleness;
      if (ages.size === 0) return settled;
      const path = responsePathAsArray(info.path);
      const note = (entity: unknown, where: readonly (string | number)[]) => {
        const ageMs = ages.get(entity as object);
        if (ageMs !== undefined) context.stalePaths.push({ path: where, ageSeconds: Math.round(ageMs / 1000) });
      };
      if (!Array.isArray(settled)) note(settled, path);
      else for (const [index, entity] of settled.entries()) note(entity, [...path, index]);
      return settled;
    });
  };
}
