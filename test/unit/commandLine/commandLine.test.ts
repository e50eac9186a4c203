import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../../support/runCommand';

const COMMANDS = ['start', 'check-config', 'webhook register', 'watch', 'demo', 'simulator'];

async function finish(words: readonly string[], environment: Record<string, string> = {}) {
  const { exitCode, output, told } = runCommand(words, environment);
  return { exitCode: await exitCode, output, told };
}

test.each([[['--help']], [['-h']], [['help']]])('%j names every command', async (words) => {
  const { exitCode, output, told } = await finish(words);
  expect(exitCode).toBe(0);
  expect(told).toEqual([]);
  for (const command of COMMANDS) expect(output).toContainEqual(expect.stringMatching(`^  ${command}  +\\w`));
});

test.each(COMMANDS)('%s --help says how it is called and what it does, and does nothing', async (command) => {
  const words = command.split(' ');
  const asked = await finish([...words, '--help']);
  expect(asked.exitCode).toBe(0);
  expect(asked.output[0]).toMatch(`Usage: dataspike-graphql ${command}`);
  expect(asked.output.join('\n')).toMatch(/^\w.{60}/m);
  expect(await finish(['help', ...words])).toEqual(asked);
});

test('the commands that the guides show exist, with their options', async () => {
  const folder = path.join(__dirname, '../../../docs');
  const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
  const calls = texts.flatMap((text) => [
    ...text.matchAll(/(?:npx dataspike-graphql|node dist\/commandLine\.js) ((?:[a-z-]+ ?)+)([^`\n]*)/g),
  ]);
  expect(calls.length).toBeGreaterThan(3);
  for (const [, words = '', rest = ''] of calls) {
    const name = words.trim().replace(/ --.*/, '');
    const { exitCode, output } = await finish(['help', ...name.split(' ')]);
    expect([name, exitCode]).toEqual([name, 0]);
    for (const [option] of `${words}${rest}`.matchAll(/--[a-z]+/g)) expect(output.join('\n')).toContain(option);
  }
});

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(path.join(__dirname, '../../../package.json'), 'utf8'));
  expect(await finish(['--version'])).toEqual({ exitCode: 0, output: [version], told: [] });
});

test.each([
  [[], 'A command is missing.', '--help'],
  [['strat'], 'Unknown command "strat". Did you mean "start"?', '--help'],
  [['something-else'], 'Unknown command "something-else".', '--help'],
  [['help', 'strat'], 'Unknown command "strat". Did you mean "start"?', '--help'],
  [['webhook'], 'Unknown command "webhook". Did you mean "webhook register"?', '--help'],
  [['webhok', 'register'], 'Unknown command "webhok". Did you mean "webhook register"?', '--help'],
  [['--versoin'], 'Unknown option "--versoin". Did you mean "--version"?', '--help'],
  [['start', 'now'], 'Unexpected argument "now".', 'start --help'],
  [['start', '--port', '1'], 'Unknown option "--port".', 'start --help'],
  [['watch'], '<verification> is missing.', 'watch --help'],
  [['watch', 'a', 'b'], 'Unexpected argument "b".', 'watch --help'],
  [['watch', 'a', '--jsn'], 'Unknown option "--jsn". Did you mean "--json"?', 'watch --help'],
  [['watch', 'a', '--after'], "Option '--after <value>' argument missing", 'watch --help'],
  [
    ['watch', 'a', '--endpoint', 'localhost:4000'],
    '--endpoint must be an address such as ws://localhost:4000/graphql.',
    'watch --help',
  ],
  [['webhook', 'register'], '--url is missing.', 'webhook register --help'],
  [
    ['webhook', 'register', '--url', 'gateway.example.com'],
    '--url must be an address such as https://gateway.example.com/webhooks/dataspike.',
    'webhook register --help',
  ],
  [
    ['webhook', 'register', '--url', 'http://gateway.example.com/webhooks/dataspike'],
    '--url must begin with https://, for deliveries hold personal data.',
    'webhook register --help',
  ],
  [
    ['webhook', 'register', '--url', 'https://me:secret@gateway.example.com/'],
    '--url must be without credentials and fragment.',
    'webhook register --help',
  ],
  [
    ['webhook', 'register', '--url', 'https://gateway.example.com/', '--events', 'DOCVER,'],
    '--events must be a comma list such as DOCVER,DOCVER_CHECKS.',
    'webhook register --help',
  ],
])('%j is refused with 64, and says why', async (words, message, help) => {
  expect(await finish(words)).toEqual({
    exitCode: 64,
    output: [],
    told: [message, `Try "dataspike-graphql ${help}".`],
  });
});
