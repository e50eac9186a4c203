import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  OperationTypeNode,
} from 'graphql';

/** A number from 0 up to, not including, the bound. */
export type Choose = (bound: number) => number;

/** Reads choices from numbers, over and over, so that the same numbers make the same document. */
export function chooser(numbers: readonly number[]): Choose {
  let index = 0;
  return (bound) => {
    index += 1;
    return ((numbers[index % Math.max(1, numbers.length)] ?? 0) + index * 7) % bound;
  };
}

const NASTY = [
  'null',
  '0',
  '-1',
  '2147483648',
  '1e400',
  '""',
  '"\\u0000"',
  '"../x"',
  '[]',
  '{}',
  'NOBODY',
  '$v',
  'true',
];
const MUTILATIONS = [
  '{',
  '}',
  '(',
  ')',
  '...',
  '@include(if: true)',
  '"""',
  '#',
  '$',
  '\u0000',
  '\uFEFF',
  '🙂',
  '!',
  '|',
  ' on ',
];

/** An operation that the schema allows, as a rule: fields, arguments, aliases and fragments by choice. @param ids that exist */
export function randomDocument(schema: GraphQLSchema, choose: Choose, ids: readonly string[]): string {
  const kinds = [
    ...Array.from({ length: 14 }, () => OperationTypeNode.QUERY),
    ...Array.from({ length: 3 }, () => OperationTypeNode.MUTATION),
    OperationTypeNode.SUBSCRIPTION,
  ];
  const kind = kinds[choose(kinds.length)] ?? OperationTypeNode.QUERY;
  const root = schema.getRootType(kind);
  const body = root ? selectionOf(root, 5) : '{ __typename }';
  const text = `${kind} Random${choose(4) === 0 ? '($v: ID)' : ''} ${body}`;
  return choose(10) === 0 ? `${text} fragment F on Verification { id ...F }` : text;

  function selectionOf(type: GraphQLNamedType, levels: number): string {
    if (!isObjectType(type) && !isInterfaceType(type)) return '';
    const fields = Object.values(type.getFields());
    const chosen = Array.from({ length: 1 + choose(4) }, () => fields[choose(fields.length)]);
    const texts = chosen.flatMap((field) => (field ? [fieldOf(field, levels)] : []));
    if (choose(8) === 0) texts.push(`... on ${type.name} { __typename }`);
    return `{ __typename ${texts.join(' ')} }`;
  }

  function fieldOf(field: GraphQLField<unknown, unknown>, levels: number): string {
    const type = getNamedType(field.type);
    if (!isLeafType(type) && levels === 0) return '__typename';
    const given = field.args.filter((argument) => isNonNullType(argument.type) || choose(2) === 0);
    const literals = given.map(({ name, type: of }) => `${name}: ${literalOf(of, name)}`);
    const alias = choose(3) === 0 ? `a${choose(99)}: ` : '';
    return `${alias}${field.name}${literals.length > 0 ? `(${literals.join(', ')})` : ''} ${selectionOf(type, levels - 1)}`;
  }

  function literalOf(type: GraphQLInputType, name: string): string {
    if (choose(12) === 0) return NASTY[choose(NASTY.length)] ?? 'null';
    if (isNonNullType(type)) return literalOf(type.ofType, name);
    if (isListType(type)) return `[${literalOf(type.ofType, name)}]`;
    if (isEnumType(type)) return type.getValues()[choose(type.getValues().length)]?.name ?? 'null';
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || choose(3) === 0);
      return `{ ${fields.map((field) => `${field.name}: ${literalOf(field.type, field.name)}`).join(', ')} }`;
    }
    if (type.name === 'Int') return String(choose(4));
    if (type.name === 'Boolean') return String(choose(2) === 0);
    return JSON.stringify(
      type.name === 'ID' ? (ids[choose(ids.length)] ?? '') : ['x', '2020-01-01', 'DE', 'http://a.b'][choose(4)],
    );
  }
}

/** The text with a few pieces taken out, doubled or put in. */
export function mutilate(text: string, choose: Choose): string {
  let changed = text;
  for (let times = choose(4); times > 0; times -= 1) {
    const at = choose(changed.length + 1);
    const until = at + choose(12);
    const piece = [
      '',
      changed.slice(at, until).repeat(2),
      MUTILATIONS[choose(MUTILATIONS.length)] ?? '',
      changed.slice(at, until) + String.fromCharCode(choose(0xffff)),
    ][choose(4)];
    changed = changed.slice(0, at) + piece + changed.slice(until);
  }
  return changed;
}
