import { Field, ObjectType } from 'type-graphql';
import type * as dataspike from '../dataspike/country';
import { CountryCodeScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'A country that Dataspike knows.' })
export class Country implements Omit<dataspike.Country, 'name'> {
  name!: string | null;

  @Field(() => CountryCodeScalar, { description: 'ISO 3166-1 alpha-2.' })
  code!: string;

  @Field(() => String, { description: 'ISO 3166-1 alpha-3.' })
  alpha3!: string;

  @Field(() => String, { nullable: true, description: 'The continent in English.' })
  continent!: string | null;
}
