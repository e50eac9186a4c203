import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '../..');
const run = promisify(execFile);

const onLinux = existsSync('/proc/self/status') ? test : test.skip;

// The small edition of bench/soak/files.mjs: what is kept of 25 MiB would show, what a garbage collector leaves for a
// moment must not.
onLinux(
  'five files of 5 MiB at once pass up and down through a process that hardly grows',
  async () => {
    const parent = path.join(ROOT, '.tmp');
    mkdirSync(parent, { recursive: true });
    const dist = mkdtempSync(path.join(parent, 'files-'));
    try {
      const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc');
      const options = ['--project', 'tsconfig.build.json', '--outDir', dist, '--noCheck', '--declaration', 'false'];
      await run(process.execPath, [compiler, ...options], { cwd: ROOT });
      const size = ['--mebibytes', '5', '--count', '5', '--limit', '60'];
      const { stdout } = await run(process.execPath, ['bench/soak/files.mjs', '--dist', dist, ...size], { cwd: ROOT });
      const { growthMib, files, mebibytesEach } = JSON.parse(stdout);
      expect([files, mebibytesEach]).toEqual([5, 5]);
      expect(growthMib).toBeLessThan(60);
    } finally {
      rmSync(dist, { recursive: true });
    }
  },
  60_000,
);
