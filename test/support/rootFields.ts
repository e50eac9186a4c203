import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  type OperationTypeNode,
  parseValue,
  valueFromASTUntyped,
} from 'graphql';

export interface RootField {
  readonly type: OperationTypeNode;
  readonly name: string;
  /** Asks for this field alone, with literals for all that is required. */
  readonly document: string;
}

/** Every field of Query, Mutation and Subscription. @param literals by `field.argument`, or by a required input field's name */
export function rootFieldsOf(schema: GraphQLSchema, literals: Readonly<Record<string, string>>): RootField[] {
  const roots = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  return Object.entries(roots).flatMap(([type, root]) =>
    Object.values(root?.getFields() ?? {}).map((field) => ({
      type: type as OperationTypeNode,
      name: field.name,
      document: `${type} { ${write(field, literals)} }`,
    })),
  );
}

function write(field: GraphQLField<unknown, unknown>, literals: Readonly<Record<string, string>>): string {
  const given = field.args.flatMap((argument) => {
    const literal = literals[`${field.name}.${argument.name}`];
    if (literal !== undefined) return [`${argument.name}: ${literal}`];
    return isRequiredArgument(argument)
      ? [`${argument.name}: ${literalOf(argument.type, argument.name, literals)}`]
      : [];
  });
  const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
  return `${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''}${selection}`;
}

function literalOf(type: GraphQLInputType, name: string, literals: Readonly<Record<string, string>>): string {
  if (isNonNullType(type)) return literalOf(type.ofType, name, literals);
  if (isListType(type)) return `[${literalOf(type.ofType, name, literals)}]`;
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${required.map((field) => `${field.name}: ${literalOf(field.type, field.name, literals)}`).join(', ')} }`;
  }
  const given = literals[name];
  if (given !== undefined) return given;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  return LITERALS.find((literal) => accepts(type, literal)) ?? '';
}

const LITERALS = ['"none"', '1', 'true', '"https://example.com/"', '"DE"', '"2000-01-01"', '{}'];

function accepts(type: GraphQLInputType, literal: string): boolean {
  try {
    return 'parseValue' in type && type.parseValue(valueFromASTUntyped(parseValue(literal))) !== undefined;
  } catch {
    return false;
  }
}
