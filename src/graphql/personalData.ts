import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLInputField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { Extensions } from 'type-graphql';
import { type Caller, Forbidden } from '../access/caller';
import { connect } from './connection';
import type { OperationContext } from './context';
import { carryOwner, disclose, redact } from './disclosure';

/**
 * A field that is null, or an empty list, without the scope kyc:pii; its path is then in the answer's
 * `extensions.redacted`. As a field of a filter it is refused: what matches would tell.
 */
export const PersonalData = () => Extensions({ personalData: true });

/** A field beside personal data that everybody with kyc:read may see. */
export const Harmless = () => Extensions({ personalData: false });

/** A link to something else than the watched verification: null or empty for the holder of a watch token. */
export const HiddenFromWatchers = () => Extensions({ hiddenFromWatchers: true });

type Field = GraphQLField<unknown, OperationContext>;
type Resolve = GraphQLFieldResolver<unknown, OperationContext>;

/** Puts the check in front of every field that needs one, and says so in its description. Other fields stay as they are. */
export function guardPersonalData(schema: GraphQLSchema): GraphQLSchema {
  const types = Object.values(schema.getTypeMap());
  const objects = types.filter(isObjectType);
  const carriers = findCarriers(objects);
  for (const type of objects) {
    for (const field of Object.values(type.getFields())) guardField(type.name, field, carriers);
  }
  for (const field of types.filter(isInputObjectType).flatMap((type) => Object.values(type.getFields()))) {
    if (isPersonal(field)) describe(field, 'Needs the scope kyc:pii.');
  }
  return schema;
}

function guardField(typeName: string, field: Field, carriers: ReadonlySet<GraphQLObjectType>): void {
  const type = getNamedType(field.type);
  if (isObjectType(type) && carriers.has(type)) field.resolve = handingOn(typeName, resolverOf(field));
  if (isPersonal(field)) {
    field.resolve = redacting(field, (caller) => !caller.scopes.has('kyc:pii'), recording(typeName, field));
    describe(field, `Personal data: ${isListType(nullable(field)) ? 'empty' : 'null'} without the scope kyc:pii.`);
  }
  if (field.extensions.hiddenFromWatchers === true) {
    field.resolve = redacting(field, (caller) => caller.watches !== undefined, resolverOf(field));
  }
  const filters = personalFilters(field);
  if (filters.length > 0) field.resolve = refusing(filters, resolverOf(field));
}

/** Leaves the field out, without asking for it. */
function redacting(field: Field, isHidden: (caller: Caller) => boolean, resolve: Resolve): Resolve {
  const nothing = emptyValue(field);
  return (source, args, context, info) => {
    if (!isHidden(context.caller)) return resolve(source, args, context, info);
    redact(context.disclosure, info.path);
    return nothing;
  };
}

function recording(typeName: string, field: Field): Resolve {
  const resolve = resolverOf(field);
  const name = `${typeName}.${field.name}`;
  return (source, args, context, info) => {
    disclose(context.disclosure, name, typeName, source);
    return resolve(source, args, context, info);
  };
}

/** Whose the parts of an applicant's or a verification's data are is known from where they hang. */
function handingOn(typeName: string, resolve: Resolve): Resolve {
  return (source, args, context, info) => {
    const value = resolve(source, args, context, info);
    return context.caller.scopes.has('kyc:pii') ? carryOwner(context.disclosure, typeName, source, value) : value;
  };
}

/** Before any request leaves. */
function refusing(filters: readonly (readonly [argument: string, field: string])[], resolve: Resolve): Resolve {
  return (source, args, context, info) => {
    const isUsed = filters.some(([argument, name]) => args[argument]?.[name] != null);
    if (isUsed && !context.caller.scopes.has('kyc:pii')) throw new Forbidden('kyc:pii');
    return resolve(source, args, context, info);
  };
}

function personalFilters({ args }: Field): [string, string][] {
  return args.flatMap((argument) => {
    const type = getNamedType(argument.type);
    if (!isInputObjectType(type)) return [];
    const personal = Object.values(type.getFields()).filter(isPersonal);
    return personal.map((field): [string, string] => [argument.name, field.name]);
  });
}

/** Types with personal data that are no owners themselves, and what leads to them: checks, connections, edges. */
function findCarriers(objects: readonly GraphQLObjectType[]): ReadonlySet<GraphQLObjectType> {
  const carriers = new Set<GraphQLObjectType>();
  const candidates = objects.filter(({ name }) => name !== 'Applicant' && name !== 'Verification');
  const leadsOn = (field: Field) => {
    const type = getNamedType(field.type);
    return isPersonal(field) || (isObjectType(type) && carriers.has(type));
  };
  for (let before = -1; before < carriers.size; ) {
    before = carriers.size;
    for (const type of candidates) if (Object.values(type.getFields()).some(leadsOn)) carriers.add(type);
  }
  return carriers;
}

function resolverOf(field: Field): Resolve {
  return field.resolve ?? defaultFieldResolver;
}

function isPersonal(field: Field | GraphQLInputField): boolean {
  return field.extensions.personalData === true;
}

function nullable({ type }: Field) {
  return isNonNullType(type) ? type.ofType : type;
}

/** @throws Error for a type that has no empty value */
function emptyValue(field: Field): unknown {
  if (!isNonNullType(field.type)) return null;
  if (isListType(nullable(field))) return [];
  if (getNamedType(field.type).name.endsWith('Connection')) return connect([], () => '', false, false);
  throw new Error(`The field ${field.name} can neither be null nor empty`);
}

function describe(field: Field | GraphQLInputField, remark: string): void {
  field.description = `${field.description ?? ''} ${remark}`.trim();
}
