import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { postGraphql, startGateway, type TestGateway } from '../support/startGateway';
import { createVerification } from '../support/verifications';

const ROOT = path.join(__dirname, '../..');
const DOCUMENT = readFileSync(path.join(ROOT, 'docs/access.md'), 'utf8');
const block = (language: string) =>
  new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(DOCUMENT)?.[1] ?? `no block of ${language}`;

test('the identity provider of docs/access.md runs, and its token is good for what the page says', async () => {
  const parent = path.join(ROOT, '.tmp');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, 'provider-'));
  writeFileSync(path.join(folder, 'provider.mjs'), block('js'));
  const provider = spawn(process.execPath, ['provider.mjs'], {
    cwd: folder,
    env: { PROVIDER_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let app: TestGateway | null = null;
  try {
    const { TOKEN: token = '', ...environment } = await readVariables(provider);
    expect(Object.keys(environment)).toEqual(['AUTH_JWKS_URL', 'AUTH_ISSUER', 'AUTH_AUDIENCE']);
    app = await startGateway(environment);
    const answer = await postGraphql(
      `${app.gateway.url}/graphql`,
      block('graphql'),
      {},
      {
        authorization: `Bearer ${token}`,
      },
    );
    expect(answer.data.viewer).toEqual({
      id: 'anna',
      kind: 'USER',
      scopes: ['kyc:read'],
      expiresAt: expect.any(String),
    });
  } finally {
    await app?.close();
    provider.kill();
    await once(provider, 'close');
    rmSync(folder, { recursive: true });
  }
});

test('the mutation of docs/access.md makes a watch token', async () => {
  const app = await startGateway();
  try {
    const { id } = await createVerification(app);
    const { data } = await app.graphql(block('gql'), { id });
    expect(data.createWatchToken).toMatchObject({ token: expect.any(String), userErrors: [] });
  } finally {
    await app.close();
  }
});

/** Resolves with what it prints, once the last one is there. */
function readVariables(provider: ChildProcess): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    let text = '';
    provider.stdout?.on('data', (chunk) => {
      text += chunk;
      if (!/^TOKEN=.+\n/m.test(text)) return;
      resolve(Object.fromEntries([...text.matchAll(/^(\w+)=(.+)$/gm)].map(([, name, value]) => [name, value])));
    });
    provider.once('close', (code) => reject(new Error(`The provider ended with ${code}`)));
  });
}
