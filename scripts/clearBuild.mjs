// Before a build: removes what an earlier one left in dist, so that no file of a source that is gone gets into the
// package. The dashboard stays: its own build empties its folder.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = path.join(path.dirname(fileURLToPath(import.meta.url)), '../dist');

for (const name of namesIn(DIST)) {
  if (name !== 'dashboard') rmSync(path.join(DIST, name), { recursive: true });
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    // Nothing was built yet.
    return [];
  }
}
