import { GraphQLError, GraphQLScalarType, type GraphQLSchema, printSchema, type ValidationContext } from 'graphql';
import { Arg, Ctx, createUnionType, Field, ObjectType, Query, Resolver } from 'type-graphql';
import { isRecord } from '../dataspike/wire';
import type { Loaders } from '../entities/loaders';
import { Applicant } from './applicant.type';
import type { OperationContext } from './context';
import { BadUserInput } from './errors';
import { Profile } from './profile.type';
import { OpenToAll, Scoped } from './scopes';
import { Verification } from './verification.type';

/** The loader of each type that has a `@key`. */
const KEYED = { Applicant: 'applicant', Verification: 'verification', Profile: 'profile' } as const satisfies Record<
  string,
  keyof Loaders
>;

/** Which type each entity was asked for as: entities know their id, but not their type. */
const typeNames = new WeakMap<object, string>();

const Entity = createUnionType({
  name: '_Entity',
  description: 'What other subgraphs refer to by its id.',
  types: () => [Applicant, Verification, Profile] as const,
  resolveType: (entity) => typeNames.get(entity),
});

const AnyScalar = new GraphQLScalarType({
  name: '_Any',
  description: 'A reference to an entity: an object with __typename and id.',
});

@ObjectType('_Service', { simpleResolvers: true, description: 'This gateway as a subgraph of Apollo Federation.' })
class Service {
  @Field(() => String, { description: 'The schema, with the keys of its entities.' })
  sdl!: string;
}

/** @param sdl what `_service` answers, as `subgraphSdl` makes it */
export function createFederationResolver(sdl: string) {
  @Resolver()
  class FederationResolver {
    @OpenToAll()
    @Query(() => Service, { name: '_service', description: 'For the composition of a supergraph.' })
    service(): Service {
      return { sdl };
    }

    @Scoped('kyc:read')
    @Query(() => [Entity], {
      name: '_entities',
      nullable: 'items',
      description: 'For routers: the entities with these ids, in the same order; null for those that there are not.',
    })
    entities(
      @Arg('representations', () => [AnyScalar], { description: 'Each with __typename and id.' })
      representations: readonly unknown[],
      @Ctx() { loaders }: OperationContext,
    ): Promise<unknown[]> {
      return each(representations.map((representation) => loadEntity(representation, loaders)));
    }
  }
  return FederationResolver;
}

/** The schema as SDL of a subgraph (Apollo Federation 2). Other subgraphs that page as Relay does have PageInfo as well. */
export function subgraphSdl(schema: GraphQLSchema): string {
  const directives = Object.keys(KEYED).map((typeName) => [typeName, '@key(fields: "id")'] as const);
  const sdl = [...directives, ['PageInfo', '@shareable'] as const].reduce(
    (text, [typeName, directive]) => text.replace(`\ntype ${typeName} {`, `\ntype ${typeName} ${directive} {`),
    printSchema(schema),
  );
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])\n\n${sdl}\n`;
}

/** Goes with NoSchemaIntrospectionCustomRule: `_service` tells the schema as well. */
export const NoSubgraphSdlRule = (context: ValidationContext) => ({
  Field(node: { readonly name: { readonly value: string } }) {
    if (node.name.value === '_service')
      context.reportError(new GraphQLError('Introspection is off, and so is _service'));
  },
});

async function loadEntity(representation: unknown, loaders: Loaders): Promise<object | null> {
  const { __typename: typeName, id } = isRecord(representation) ? representation : {};
  if (!isKeyed(typeName) || typeof id !== 'string') {
    throw new BadUserInput('A representation needs an id, and __typename Applicant, Verification or Profile');
  }
  const entity = await loaders[KEYED[typeName]].load(id);
  if (entity) typeNames.set(entity, typeName);
  return entity;
}

function isKeyed(typeName: unknown): typeName is keyof typeof KEYED {
  return typeof typeName === 'string' && Object.hasOwn(KEYED, typeName);
}

/** One that fails is an error at its place, and takes no other with it. */
async function each(promises: readonly Promise<object | null>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => (result.status === 'fulfilled' ? result.value : result.reason));
}
