import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT_FOLDER = fileURLToPath(new URL('../..', import.meta.url));
export const PEERS_FOLDER = path.join(ROOT_FOLDER, 'bench/peers');
/** What the peers need built: the supergraph of Hive, the compiled Apollo Server. */
export const PEERS_BUILT = path.join(PEERS_FOLDER, 'built');
export const RESULTS_FOLDER = path.join(ROOT_FOLDER, 'bench/results');
export const OPENAPI_DOCUMENT = path.join(ROOT_FOLDER, 'dataspike/openapi.yaml');
