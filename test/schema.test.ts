import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  validateSchema,
} from 'graphql';
import { parse as parseYaml } from 'yaml';
import { createSchema } from '../src/graphql/schema';
import { schemaAsText } from '../src/printSchema';

const schema = createSchema();
const ownTypes = ownTypesOf(schema);

test('schema.graphql is what the code prints; `npm run schema` renews it', () => {
  expect(schemaAsText()).toBe(readFileSync(path.join(__dirname, '../schema.graphql'), 'utf8'));
});

test('the schema is valid', () => {
  expect(validateSchema(schema)).toEqual([]);
});

test.each([
  ['a client', schema],
  ['a router', createSchema({ federation: true })],
])('everything that %s can see is described', (_who, seen) => {
  const described = ownTypesOf(seen).flatMap(describeType);
  expect(described.length).toBeGreaterThan(400);
  expect(described.filter(([, text]) => !text?.trim()).map(([name]) => name)).toEqual([]);
});

test('whatever is measured names its unit', () => {
  const units: [names: RegExp, unit: RegExp][] = [
    [/Minutes$/, /minutes/],
    [/Seconds$/, /seconds/],
    [/Bytes$/, /bytes/],
    [/(Score|Level)$/, /0 to 1/],
    [/\(first\)$/, /items/],
    [/(code|Codes?|Status)$|^SandboxErrors/, /number|HTTP status|[Cc]odes/],
    [/attempts$/, /many times/],
  ];
  const numbers = ownTypes.flatMap(numbersOf);
  expect(numbers.length).toBeGreaterThan(15);
  for (const [name, text] of numbers) {
    const [, unit] = units.find(([names]) => names.test(name)) ?? [];
    // A number that fits none of these needs a unit of its own: add it.
    expect([name, unit]).toEqual([name, expect.any(RegExp)]);
    expect([name, text]).toEqual([name, expect.stringMatching(unit ?? '')]);
  }
});

test('personal data names the scope that it needs', () => {
  const fields = ownTypes.filter(isObjectType).flatMap((type) => Object.values(type.getFields()));
  const personal = fields.filter(({ extensions }) => extensions.personalData === true);
  expect(personal.length).toBeGreaterThan(30);
  for (const { name, description } of personal)
    expect([name, description]).toEqual([name, expect.stringMatching('without the scope kyc:pii')]);
});

test('every name of REST in a description is one of its OpenAPI document', () => {
  const openapi = parseYaml(readFileSync(path.join(__dirname, '../dataspike/openapi.yaml'), 'utf8')) as OpenApi;
  const endpoints = new Set(
    Object.entries(openapi.paths).flatMap(([address, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${address}`),
    ),
  );
  const text = JSON.stringify(openapi);
  const isName = (name: string) => name.split('.').every((word) => text.includes(`"${word}"`));
  const sources = ownTypes
    .flatMap(describeType)
    .flatMap(([name, description]) =>
      [...(description?.match(/REST: (.+)/)?.[1]?.matchAll(/`([^`]+)`/g) ?? [])].map(([, source = '']) => [
        name,
        source,
      ]),
    );
  expect(sources.length).toBeGreaterThan(100);
  for (const [name, source = ''] of sources) {
    expect([name, source, /^[A-Z]+ /.test(source) ? endpoints.has(source) : isName(source)]).toEqual([
      name,
      source,
      true,
    ]);
  }
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

function ownTypesOf(seen: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(seen.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type));
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Every field, argument and input field that is a number, with its description. */
function numbersOf(type: GraphQLNamedType): [name: string, description: string | null | undefined][] {
  if (!isObjectType(type) && !isInputObjectType(type)) return [];
  return Object.values<GraphQLField<unknown, unknown> | GraphQLInputField>(type.getFields()).flatMap((field) => {
    const members = [field, ...('args' in field ? field.args : [])];
    return members
      .filter((member) => /^\[?(Int|Float)\b/.test(String(member.type)))
      .map((member): [string, string | null | undefined] => [
        member === field ? `${type.name}.${field.name}` : `${type.name}.${field.name}(${member.name})`,
        member.description,
      ]);
  });
}

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
