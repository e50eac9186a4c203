import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  validateSchema,
} from 'graphql';
import { createSchema } from '../src/graphql/schema';
import { schemaAsText } from '../src/printSchema';

const schema = createSchema();
const ownTypes = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

test('schema.graphql is what the code prints; `npm run schema` renews it', () => {
  expect(schemaAsText()).toBe(readFileSync(path.join(__dirname, '../schema.graphql'), 'utf8'));
});

test('the schema is valid', () => {
  expect(validateSchema(schema)).toEqual([]);
});

test('everything that a client can see is described', () => {
  const described = ownTypes.flatMap(describeType);
  expect(described.length).toBeGreaterThan(400);
  const isRoot = (name: string) => /^(Query|Mutation|Subscription)$/.test(name);
  expect(described.filter(([name, text]) => !text?.trim() && !isRoot(name)).map(([name]) => name)).toEqual([]);
});

test('every connection and every payload is built the same way', () => {
  for (const type of ownTypes.filter(isObjectType)) {
    const fields = Object.fromEntries(Object.values(type.getFields()).map((field) => [field.name, String(field.type)]));
    if (type.name.endsWith('Connection')) {
      const node = type.name.replace('Connection', '');
      expect(fields).toEqual({ edges: `[${node}Edge!]!`, nodes: `[${node}!]!`, pageInfo: 'PageInfo!' });
    }
    if (type.name.endsWith('Payload')) {
      expect(fields).toMatchObject({ userErrors: '[UserError!]!' });
      for (const [name, fieldType] of Object.entries(fields)) {
        if (name !== 'userErrors') expect(`${type.name}.${name}: ${fieldType}`).not.toMatch(/!$/);
      }
    }
  }
});

test('every mutation takes one input of its name and answers with the payload of its name', () => {
  for (const { name, args, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    expect([name, ...args.map((arg) => arg.name), String(type)]).toEqual([name, 'input', `${title}Payload!`]);
    expect(String(args[0]?.type)).toBe(`${title}Input!`);
  }
});

/** Everything of a type that has a description: its path and its text. */
function describeType(type: GraphQLNamedType): [name: string, description: string | null | undefined][] {
  const own: [string, string | null | undefined] = [type.name, type.description];
  if (isEnumType(type)) {
    return [own, ...type.getValues().map((value) => [`${type.name}.${value.name}`, value.description] as typeof own)];
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    return [own, ...fields.map((field) => [`${type.name}.${field.name}`, field.description] as typeof own)];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [own];
  return [
    own,
    ...Object.values(type.getFields()).flatMap((field) => {
      const fieldPath = `${type.name}.${field.name}`;
      const args = field.args.map((arg) => [`${fieldPath}(${arg.name})`, arg.description] as typeof own);
      return [[fieldPath, field.description] as typeof own, ...args];
    }),
  ];
}
