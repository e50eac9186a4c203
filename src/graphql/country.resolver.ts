import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type * as dataspike from '../dataspike/country';
import type { OperationContext } from './context';
import { Country } from './country.type';
import { Scoped } from './scopes';

@Resolver(() => Country)
export class CountryResolver {
  @Scoped('kyc:read')
  @Query(() => [Country], {
    description: 'The countries that Dataspike knows. REST: `GET /api/v3/public/dictionary/countries`.',
  })
  countries(@Ctx() { services, client, signal }: OperationContext): Promise<dataspike.Country[]> {
    return services.sharedReads.read('countries', (readSignal) => client.listCountries(readSignal), signal);
  }

  @FieldResolver(() => String, { description: 'The name in English; the code where Dataspike gives none.' })
  name(@Root() { name, code }: dataspike.Country): string {
    return name ?? code;
  }
}
