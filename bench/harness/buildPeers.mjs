import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transformSync } from '@swc/core';
import { OPENAPI_DOCUMENT, PEERS_BUILT, PEERS_FOLDER } from './places.mjs';

/**
 * Installs the peers when they are not there (some 600 MB), and builds what needs it.
 * @param upstreamUrl becomes part of the supergraph
 * @returns what could not be made: name → reason
 */
export function buildPeers(upstreamUrl) {
  if (!existsSync(path.join(PEERS_FOLDER, 'node_modules'))) {
    process.stderr.write('Installing the peers once, some 600 MB\n');
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: PEERS_FOLDER, stdio: 'inherit' });
    if (status !== 0) throw new Error('the peers cannot be installed; --peers none measures the gateway alone');
  }
  mkdirSync(PEERS_BUILT, { recursive: true });
  compileApollo();
  return { hive: composeSupergraph(upstreamUrl) };
}

function compileApollo() {
  const { code } = transformSync(readFileSync(path.join(PEERS_FOLDER, 'apollo.ts'), 'utf8'), {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
  });
  writeFileSync(
    path.join(PEERS_FOLDER, 'built/apollo.mjs'),
    code.replaceAll("'./shared/", "'../shared/").replaceAll('"./shared/', '"../shared/'),
  );
}

/** @returns null, or why it failed */
function composeSupergraph(upstreamUrl) {
  const { status, stdout, stderr } = spawnSync(
    path.join(PEERS_FOLDER, 'node_modules/.bin/mesh-compose'),
    ['-c', 'hive/mesh.config.mjs', '-o', 'built/supergraph.graphql'],
    {
      cwd: PEERS_FOLDER,
      env: { ...process.env, BENCH_OPENAPI: OPENAPI_DOCUMENT, BENCH_UPSTREAM_URL: upstreamUrl },
      encoding: 'utf8',
    },
  );
  return status === 0 ? null : `${stdout}${stderr}`.slice(-300);
}
