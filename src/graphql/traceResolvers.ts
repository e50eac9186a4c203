import { type GraphQLField, type GraphQLSchema, getNamedType, isCompositeType, isObjectType } from 'graphql';
import type { Tracing } from '../telemetry/tracing';
import type { OperationContext } from './context';

/**
 * Makes the fields that may ask Dataspike spans, `Type.field`, each only when it does. Those are the root fields and
 * those that give objects; keys that one batch loads belong to the first of them.
 */
export function traceResolvers(schema: GraphQLSchema, tracing: Tracing): void {
  const roots = new Set([schema.getQueryType(), schema.getMutationType()]);
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      if (roots.has(type) || isCompositeType(getNamedType(field.type)))
        trace(field, `${type.name}.${field.name}`, tracing);
    }
  }
}

function trace(field: GraphQLField<unknown, OperationContext>, name: string, tracing: Tracing): void {
  const { resolve } = field;
  if (!resolve) return;
  field.resolve = (source, args, context, info) => tracing.runLazily(name, () => resolve(source, args, context, info));
}
