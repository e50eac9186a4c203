import { readFileSync } from 'node:fs';
import { generate } from '@graphql-codegen/cli';
import config from '../../codegen';

test('the typed documents that are committed are those that codegen writes', async () => {
  const files: { filename: string; content: string }[] = await generate({ ...config, silent: true }, false);
  expect(files.map(({ filename }) => filename).sort()).toEqual(
    ['examples/dashboard/src/generated/', 'test/generated/'].flatMap((folder) =>
      ['gql.ts', 'graphql.ts', 'index.ts'].map((name) => `${folder}${name}`),
    ),
  );
  for (const { filename, content } of files) {
    // Not a difference of 500 lines: `npm run codegen` shows it better.
    if (readFileSync(filename, 'utf8') !== content) throw new Error(`${filename} is out of date: npm run codegen`);
  }
});
