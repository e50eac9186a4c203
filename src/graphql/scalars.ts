import { GraphQLError, GraphQLScalarType } from 'graphql';
import { GraphQLCountryCode, GraphQLDate, GraphQLDateTime, GraphQLJSON, GraphQLURL } from 'graphql-scalars';
import { readRecord } from '../dataspike/wire';

// What resolvers give is in its final form already, so `serialize` has nothing to check: reading Dataspike's JSON did.

export const DateTimeScalar = new GraphQLScalarType({
  ...GraphQLDateTime.toConfig(),
  description: 'A moment: RFC 3339 in UTC with milliseconds, for example 2025-03-14T09:26:53.589Z.',
  serialize: (value) => value,
});

/** A text `YYYY-MM-DD` inside, unlike in graphql-scalars, which makes it a moment. */
export const DateScalar = new GraphQLScalarType({
  ...GraphQLDate.toConfig(),
  description: 'A day without a time: YYYY-MM-DD.',
  serialize: (value) => value,
  parseValue: (value) => asDay(GraphQLDate.parseValue(value)),
  parseLiteral: (node, variables) => asDay(GraphQLDate.parseLiteral(node, variables)),
});

export const CountryCodeScalar = new GraphQLScalarType({
  ...GraphQLCountryCode.toConfig(),
  description: 'A country: ISO 3166-1 alpha-2, capitals, for example DE.',
  serialize: (value) => value,
  parseValue: (value) => String(GraphQLCountryCode.parseValue(value)).toUpperCase(),
  parseLiteral: (node, variables) => String(GraphQLCountryCode.parseLiteral(node, variables)).toUpperCase(),
});

/** A text inside. Only http and https: everything else has no place in a link that a browser follows. */
export const UrlScalar = new GraphQLScalarType({
  ...GraphQLURL.toConfig(),
  description: 'An absolute http or https URL.',
  serialize: (value) => value,
  parseValue: (value) => asUrl(value),
  parseLiteral: (node, variables) => asUrl(String(GraphQLURL.parseLiteral(node, variables))),
});

export const JsonScalar = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  description: 'Any JSON value, nested 60 levels at most: check data and settings that the gateway does not model.',
  parseValue: (value) => asShallow(GraphQLJSON.parseValue(value)),
  parseLiteral: (node, variables) => asShallow(GraphQLJSON.parseLiteral(node, variables)),
});

function asDay(moment: unknown): string {
  return (moment as Date).toISOString().slice(0, 10);
}

/** Deeper values would exhaust the stack on their way to Dataspike. */
function asShallow(value: unknown): unknown {
  if (readRecord({ value }) === null) throw new GraphQLError('JSON must not be nested deeper than 60 levels');
  return value;
}

function asUrl(value: unknown): string {
  if (typeof value !== 'string' || !URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new GraphQLError('URL must be an absolute http or https URL');
  }
  return value;
}
