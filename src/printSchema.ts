import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { createSchema } from './graphql/schema';

/** `node dist/printSchema.js FILE`: writes the schema as SDL, sorted by name, so that a diff shows what changed. */
export function schemaAsText(): string {
  return `${printSchema(lexicographicSortSchema(createSchema()))}\n`;
}

if (require.main === module) {
  const [, , file] = process.argv;
  if (!file) {
    process.stderr.write('usage: printSchema FILE\n');
    process.exit(64);
  }
  writeFileSync(file, schemaAsText());
}
