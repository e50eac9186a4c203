import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { refuseCanaries } from './canaries';

const ROOT = path.join(__dirname, '../..');
const CONFIGURATION = 'tsconfig.build.json';
/** Builds of other sources, before the next build removes them. */
const KEPT_MS = 60 * 60_000;

/** The compiled gateway. */
export interface Build {
  /** Where it is, for what starts by another file. */
  readonly folder: string;
  /**
   * `node commandLine.js start` in a process that gets this environment and nothing else.
   * @param nodeOptions before `commandLine.js`, for example `--expose-gc`; default none
   */
  start(environment: Record<string, string>, nodeOptions?: readonly string[]): GatewayProcess;
}

export interface GatewayProcess {
  /** Resolves when it listens on a port; rejects when it ends before that. */
  readonly listening: Promise<number>;
  /** Its exit code; null when a signal ended it. Rejects when it wrote anything of a person. */
  readonly exited: Promise<number | null>;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
}

/**
 * The folder is named for what is compiled, and kept: later test files and runs find it there. It lies below the project,
 * so that node_modules is found. Types are `npm run check`'s.
 */
export async function buildGateway(): Promise<Build> {
  const parent = path.join(ROOT, '.tmp');
  const folder = path.join(parent, `gateway-${digestOfSources()}`);
  if (!existsSync(folder)) await compileTo(folder, parent);
  return {
    folder,
    start: (environment, nodeOptions = []) =>
      startProcess([...nodeOptions, path.join(folder, 'commandLine.js'), 'start'], environment),
  };
}

function digestOfSources(): string {
  const digest = createHash('sha256').update(readFileSync(path.join(ROOT, CONFIGURATION)));
  const names = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(isSource).sort();
  for (const name of names) digest.update(name).update(readFileSync(path.join(ROOT, 'src', name)));
  return digest.digest('hex').slice(0, 16);
}

const isSource = (name: string) => name.endsWith('.ts');

/** Nobody sees a folder that is half full: it gets its name when all is in it. */
async function compileTo(folder: string, parent: string): Promise<void> {
  mkdirSync(parent, { recursive: true });
  const before = readdirSync(parent).filter((name) => name.startsWith('gateway-'));
  const unfinished = mkdtempSync(path.join(parent, 'unfinished-'));
  const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const options = ['--project', CONFIGURATION, '--outDir', unfinished, '--noCheck', '--declaration', 'false'];
  await promisify(execFile)(process.execPath, [compiler, ...options], { cwd: ROOT });
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another test file was faster.
    rmSync(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  for (const name of before)
    if (isOld(path.join(parent, name))) rmSync(path.join(parent, name), { recursive: true, force: true });
}

/** Nothing runs from it any more. */
function isOld(folder: string): boolean {
  const changed = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
  return changed < Date.now() - KEPT_MS;
}

function startProcess(commandLine: readonly string[], environment: Record<string, string>): GatewayProcess {
  const child: ChildProcess = spawn(process.execPath, commandLine, {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const exited = once(child, 'close').then(([code]) => {
    refuseCanaries('standard output', stdout);
    refuseCanaries('standard error', stderr);
    return code as number | null;
  });
  const listening = new Promise<number>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
      const port = /"port":(\d+),"msg":"listening"/.exec(stdout)?.[1];
      if (port) resolve(Number(port));
    });
    exited.then((code) => reject(new Error(`It ended with ${code} before it listened:\n${stderr}`)), reject);
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
