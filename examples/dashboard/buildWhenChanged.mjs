// Builds the dashboard into dist/dashboard, unless what is there was built from the same files.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.join(FOLDER, '../..');
const STAMP = path.join(ROOT, 'dist/dashboard/.built-from');
const SOURCES = [
  'index.html',
  'watch.html',
  'vite.config.ts',
  'tsconfig.json',
  ...filesIn('src'),
  ...filesIn('public'),
];

const stamp = hash([...SOURCES.map((name) => path.join(FOLDER, name)), path.join(ROOT, 'package-lock.json')]);
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== stamp) {
  // Loaded only when needed: it takes longer than everything else here.
  const { build } = await import('vite');
  // As `npm run build` there: its configuration names files from here.
  process.chdir(FOLDER);
  // A test runner says something else, and would get the slow build of React.
  process.env.NODE_ENV = 'production';
  await build({ logLevel: 'warn' });
  writeFileSync(STAMP, stamp);
}

/** By content: a fresh clone gives every file the same time. */
function hash(files) {
  const sum = createHash('sha256');
  for (const file of files)
    sum
      .update(`${path.relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return sum.digest('hex');
}

function filesIn(folder) {
  return readdirSync(path.join(FOLDER, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(FOLDER, path.join(entry.parentPath, entry.name)))
    .sort();
}
