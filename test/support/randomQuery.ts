import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Choose } from './randomDocument';

export interface RandomQuery {
  readonly query: string;
  readonly operationName: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * A query as clients send it: arguments in variables, some of which are left out, null, or wrong; aliases, fragments,
 * fields that come twice, seldom directives and literals, and perhaps a second operation.
 * @param ids that exist, and some that do not
 * @param type a subscription has one root field
 */
export function randomQuery(
  schema: GraphQLSchema,
  choose: Choose,
  ids: readonly string[],
  type: 'query' | 'subscription' = 'query',
): RandomQuery {
  const definitions: string[] = [];
  const variables: Record<string, unknown> = {};
  const fragments: string[] = [];
  let count = 0;
  const root = (type === 'query' ? schema.getQueryType() : schema.getSubscriptionType()) as GraphQLObjectType;
  const body = type === 'query' ? selectionOf(root, 4, 1 + choose(3)) : `{ ${onlyFieldOf(root)} }`;
  const head = definitions.length > 0 ? `(${definitions.join(', ')})` : '';
  const second = choose(12) === 0 ? 'query Other { viewer { id } }' : '';
  return {
    query: [`${type} Asked${head} ${body}`, ...fragments, second].join('\n'),
    operationName: 'Asked',
    variables,
  };

  function newName(start: string): string {
    count += 1;
    return `${start}${count}`;
  }

  function onlyFieldOf(subscription: GraphQLObjectType): string {
    const [field] = Object.values(subscription.getFields());
    return field ? fieldOf(field, 4) : '';
  }

  function selectionOf(type: GraphQLObjectType, levels: number, most = 2 + choose(5)): string {
    const fields = Object.values(type.getFields()).filter(
      (field) => levels > 0 || !isObjectType(getNamedType(field.type)),
    );
    const chosen = Array.from({ length: most }, () => fields[choose(fields.length)]);
    const texts = chosen.flatMap((field) => (field ? [fieldOf(field, levels)] : []));
    if (choose(4) === 0) texts.push('__typename');
    if (choose(6) === 0) texts.push(`... on ${type.name} { __typename ${texts[0] ?? ''} }`);
    const text = `{ ${texts.join(' ') || '__typename'} }`;
    if (choose(7) !== 0 || type === root) return text;
    fragments.push(`fragment F${fragments.length} on ${type.name} ${text}`);
    return `{ ...F${fragments.length - 1} __typename }`;
  }

  function fieldOf(field: GraphQLField<unknown, unknown>, levels: number): string {
    const type = getNamedType(field.type);
    const given = field.args.filter((argument) => isNonNullType(argument.type) || choose(2) === 0);
    const values = given.map(({ name, type: of }) => `${name}: ${argumentValue(name, of)}`);
    // Two of one name with other arguments would be no valid document.
    const alias = field.args.length > 0 || choose(5) === 0 ? `${newName('a')}: ` : '';
    const directive = choose(40) === 0 ? ` @include(if: ${choose(2) === 0})` : '';
    const selection = isObjectType(type) ? ` ${selectionOf(type, levels - 1)}` : '';
    return `${alias}${field.name}${values.length > 0 ? `(${values.join(', ')})` : ''}${directive}${selection}`;
  }

  function argumentValue(name: string, type: GraphQLInputType): string {
    const value = plainOf(name, type);
    if (choose(10) === 0 && typeof value === 'number') return String(value);
    if (choose(25) === 0 && typeof value === 'string') return JSON.stringify(value);
    const variable = newName('v');
    const isLeftOut = !isNonNullType(type) && choose(5) === 0;
    const isWrong = choose(60) === 0;
    if (!isLeftOut) variables[variable] = isWrong ? [{ wrong: true }, null, 'x', -1][choose(4)] : value;
    const fallback = isLeftOut && choose(2) === 0 && String(type) === 'Int' ? ' = 3' : '';
    definitions.push(`$${variable}: ${type}${fallback}`);
    return `$${variable}`;
  }

  function plainOf(name: string, given: GraphQLInputType): unknown {
    const type = getNullableType(given);
    if (!isNonNullType(given) && choose(12) === 0) return null;
    if (isListType(type)) return [plainOf(name, type.ofType)];
    if (isEnumType(type)) return type.getValues()[choose(type.getValues().length)]?.name;
    if (isInputObjectType(type)) {
      const chosen = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || choose(3) === 0);
      return Object.fromEntries(chosen.map((field) => [field.name, plainOf(field.name, field.type)]));
    }
    if (type.name === 'Int') return choose(30) === 0 ? 0 : 1 + choose(5);
    if (type.name === 'Boolean') return choose(2) === 0;
    if (/Date/.test(type.name)) return type.name === 'Date' ? '2020-01-02' : '2020-01-02T03:04:05.678Z';
    if (type.name === 'CountryCode') return 'de';
    return ids[choose(ids.length)] ?? 'x';
  }
}
