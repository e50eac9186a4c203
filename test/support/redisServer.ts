import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real redis-server of the test's own. */
export interface TestRedis {
  readonly url: string;
  /** SIGKILL, as a machine that loses its power. */
  kill(): Promise<void>;
  /** Starts it in the same place again, with what it had written to disk; ends it first if it runs. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing is answered. */
  pause(): void;
  resume(): void;
  /** Starts it again without any data. */
  wipe(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

const SERVER = 'redis-server';
const START_TIMEOUT_MS = 10_000;

/**
 * Starts a redis-server in a directory and on a port of its own.
 * @param appendOnly writes every command to disk before it is answered; default false, and nothing survives the process.
 *   That is `appendfsync always`. With Redis' own default, `everysec`, a machine that loses its power loses up to a
 *   second of answered commands; a process that is killed loses none of what it had written to the system.
 * @param isStarted whether it runs when the promise resolves; default true
 */
export async function startRedis({ appendOnly = false, isStarted = true } = {}): Promise<TestRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'redis-'));
  let port = await findPort();
  let running: ChildProcess | null = null;
  const killOnExit = () => running?.kill('SIGKILL');
  process.on('exit', killOnExit);

  async function start(): Promise<void> {
    const persistence = appendOnly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
    running = spawn(
      SERVER,
      ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', ...persistence],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    await hasStarted(running);
  }

  async function kill(): Promise<void> {
    const child = running;
    running = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  async function startOnFreePort(triesLeft: number): Promise<void> {
    try {
      await start();
    } catch (error) {
      await kill();
      if (triesLeft === 0) throw error;
      port = await findPort();
      await startOnFreePort(triesLeft - 1);
    }
  }

  // Also to find out whether the port is really free.
  await startOnFreePort(3);
  if (!isStarted) await kill();

  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill();
      await start();
    },
    pause: () => void running?.kill('SIGSTOP'),
    resume: () => void running?.kill('SIGCONT'),
    async wipe() {
      await kill();
      rmSync(join(directory, 'appendonlydir'), { recursive: true, force: true });
      await start();
    },
    async stop() {
      await kill();
      process.off('exit', killOnExit);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/**
 * A `describe` that needs redis-server 7 on PATH. Without it the tests are skipped, which the summary lists, unless
 * REQUIRE_REDIS=1, which makes that a failure.
 */
export function describeWithRedis(name: string, tests: () => void): void {
  if (isRedisOnPath()) {
    describe(name, tests);
  } else if (process.env.REQUIRE_REDIS === '1') {
    test(`${name}: redis-server is on PATH`, () => {
      throw new Error('redis-server is not on PATH, and REQUIRE_REDIS=1 forbids to skip the tests that need it');
    });
  } else {
    process.stderr.write(`redis-server is not on PATH: skipping "${name}" (REQUIRE_REDIS=1 makes this a failure)\n`);
    describe.skip(name, tests);
  }
}

function isRedisOnPath(): boolean {
  return spawnSync(SERVER, ['--version']).status === 0;
}

async function hasStarted(child: ChildProcess): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`redis-server is not ready:\n${output}`)), START_TIMEOUT_MS);
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      if (!output.includes('Ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`redis-server ended:\n${output}`));
    });
  });
}

/**
 * A free port below those that the system gives to outgoing connections: while the server is down, a client that tries to
 * connect could get its very port, and on one machine even connect to itself.
 */
async function findPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
