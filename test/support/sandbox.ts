import { execFileSync, spawnSync } from 'node:child_process';

/**
 * As in a container: a root file system that nobody can write to, and no root. In the namespace, `$1` is mounted at
 * `$3/dist` and `$2` at `$3/node_modules`; the rest is the command, run in `$3`.
 */
const SCRIPT = `set -e
mount --make-rprivate /
mount --bind "$1" "$3/dist"
mount --bind "$2" "$3/node_modules"
mount -o remount,bind,ro "$3/dist"
mount -o remount,bind,ro "$3/node_modules"
mount -o remount,bind,ro /
cd "$3"
shift 3
if touch written 2>/dev/null; then echo 'the file system can be written to' >&2; exit 99; fi
DROP
exec "$@"`;

const isRoot = process.getuid?.() === 0;
/** Root becomes somebody else; somebody else is root in the namespace alone, and keeps no right of it. */
const DROP_ROOT = 'set -- setpriv --reuid=1000 --regid=1000 --clear-groups --no-new-privs --bounding-set=-all -- "$@"';
const UNSHARE = isRoot ? ['--mount'] : ['--user', '--map-root-user', '--mount'];

/** Whether this machine lets us make such a place; Linux with namespaces does. */
export function canIsolate(): boolean {
  return spawnSync('unshare', [...UNSHARE, 'true']).status === 0;
}

/** @returns a command line that runs the command so; @param places the folders as above */
export function isolated(
  places: readonly [dist: string, nodeModules: string, app: string],
  command: readonly string[],
) {
  const script = SCRIPT.replace(
    'DROP',
    isRoot ? DROP_ROOT : 'set -- setpriv --no-new-privs --bounding-set=-all -- "$@"',
  );
  return ['unshare', ...UNSHARE, 'sh', '-c', script, 'sandbox', ...places, ...command];
}

/** The user under which a process runs, seen from outside. */
export function userOf(pid: number): number {
  return Number(execFileSync('stat', ['--format', '%u', `/proc/${pid}`], { encoding: 'utf8' }));
}
