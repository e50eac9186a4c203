import { readdirSync, readFileSync } from 'node:fs';

/**
 * Time that a process has spent on a CPU, all threads together, microseconds. From schedstat, which counts nanoseconds;
 * /proc/<pid>/stat counts only hundredths of a second.
 */
export function cpuMicroseconds(pid) {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // The thread has just ended.
    }
  }
  return nanoseconds / 1000;
}

/** Resident memory, KiB. */
export function residentKib(pid) {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

/** The processes that a process started, and theirs, itself first. */
export function processTree(pid) {
  let children = [];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
  return [pid, ...children.flatMap(processTree)];
}

/** What all CPUs of the machine did so far, in ticks; `steal` is what the host took away. */
export function machineTicks() {
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user, nice, system, idle, ioWait, irq, softIrq, steal] = line.trim().split(/\s+/).slice(1).map(Number);
  return {
    busy: user + nice + system + irq + softIrq,
    steal,
    all: user + nice + system + idle + ioWait + irq + softIrq + steal,
  };
}
