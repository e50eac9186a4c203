import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '../..');

/** The compiled gateway, in a folder of its own. */
export interface Build {
  /** Where it is, for what starts by another file. */
  readonly folder: string;
  /**
   * `node main.js` in a process that gets this environment and nothing else.
   * @param nodeOptions before `main.js`, for example `--expose-gc`; default none
   */
  start(environment: Record<string, string>, nodeOptions?: readonly string[]): GatewayProcess;
  remove(): void;
}

export interface GatewayProcess {
  /** Resolves when it listens on a port; rejects when it ends before that. */
  readonly listening: Promise<number>;
  /** Its exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
}

/** Compiles src once for a test file; below the project, so that node_modules is found. Types are `npm run check`'s. */
export async function buildGateway(): Promise<Build> {
  const parent = path.join(ROOT, '.tmp');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, 'gateway-'));
  const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const options = ['--project', 'tsconfig.build.json', '--outDir', folder, '--noCheck', '--declaration', 'false'];
  await promisify(execFile)(process.execPath, [compiler, ...options], { cwd: ROOT });
  return {
    folder,
    start: (environment, nodeOptions = []) => startProcess([...nodeOptions, path.join(folder, 'main.js')], environment),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function startProcess(commandLine: readonly string[], environment: Record<string, string>): GatewayProcess {
  const child: ChildProcess = spawn(process.execPath, commandLine, {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const listening = new Promise<number>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
      const port = /"port":(\d+),"msg":"listening"/.exec(stdout)?.[1];
      if (port) resolve(Number(port));
    });
    exited.then((code) => reject(new Error(`It ended with ${code} before it listened:\n${stderr}`)));
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  // Who only waits for the end does not miss it here.
  listening.catch(() => undefined);
  return {
    listening,
    exited,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => child.kill(signal),
  };
}
