import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SCRIPT = path.join(__dirname, '../scripts/checkSchema.mjs');
const BEFORE = `
type Query { verification(id: ID!): Verification }
type Verification { id: ID! short: String @deprecated(reason: "Use shortId.") shortId: String status: Status! }
enum Status { PENDING VERIFIED }
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'schema-check-'));
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], { cwd: folder });
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(path.join(folder, 'schema.graphql'), BEFORE);
  git('add', 'schema.graphql');
  git('commit', '--quiet', '--message=Begin');
});
afterAll(() => rmSync(folder, { recursive: true }));

function check(after: string, ...words: string[]) {
  writeFileSync(path.join(folder, 'schema.graphql'), after);
  const { status, stdout } = spawnSync(process.execPath, [SCRIPT, ...words], { cwd: folder, encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n') };
}

test('a field that is gone without having been deprecated is refused', () => {
  const { status, lines } = check(BEFORE.replace('shortId: String', 'shortCode: String'));
  expect(lines).toEqual([
    "BREAKING   Field 'shortId' was removed from object type 'Verification'",
    "safe       Field 'shortCode' was added to object type 'Verification'",
    '2 changes since main, 1 of them breaking',
  ]);
  expect(status).toBe(1);
});

test('what was deprecated may go, and new things may come', () => {
  const { status, lines } = check(
    BEFORE.replace(/short: .+"\) /, '')
      .replace('PENDING', 'PENDING EXPIRED')
      .replace('(id', '(later: Int, id'),
  );
  expect(lines.at(-1)).toBe('3 changes since main, 0 of them breaking');
  expect(status).toBe(0);
});

test.each([
  ['an answer that can become null', 'status: Status!', 'status: Status'],
  ['a new required argument', 'id: ID!)', 'id: ID!, reason: String!)'],
  ['an enum value that is gone', 'PENDING VERIFIED', 'VERIFIED'],
])('%s is refused', (_what, old, now) => {
  expect(check(BEFORE.replace(old, now)).status).toBe(1);
});

test('a base that is not there is an error of its own', () => {
  expect(check(BEFORE, 'no-such-branch').status).toBe(2);
});
