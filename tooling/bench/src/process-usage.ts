import { readFileSync, readdirSync } from 'node:fs';

/** Linux counts CPU time for programs in hundredths of a second, whatever the kernel's own tick. */
const US_PER_TICK = 10_000;

interface ProcessStat {
  readonly parent: number;
  readonly cpuUs: number;
}

/** User and system time of a process and its living descendants so far, in microseconds. */
export function cpuUsOf(pid: number): number {
  const stats = allStats();
  return treeOf(pid, stats).reduce((sum, member) => sum + (stats.get(member)?.cpuUs ?? 0), 0);
}

/** Memory of a process and its descendants, shared pages counted by share, in MiB. */
export function memoryMibOf(pid: number): number {
  return treeOf(pid, allStats()).reduce((sum, member) => sum + pssKib(member), 0) / 1024;
}

/** CPU time that anything on the machine used so far, in microseconds. */
export function machineCpuUs(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = numbers(
    readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '',
  );
  return (user + nice + system + irq + softIrq) * US_PER_TICK;
}

/** The fields that count here of a line of `/proc/PID/stat`; the command's name in it may hold anything. */
export function parseStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), cpuUs: (Number(fields[11]) + Number(fields[12])) * US_PER_TICK };
}

function treeOf(root: number, stats: ReadonlyMap<number, ProcessStat>): number[] {
  const members = [root];
  // The list grows while it is walked: each member's children come after it.
  for (const member of members) for (const [pid, { parent }] of stats) if (parent === member) members.push(pid);
  return members;
}

function allStats(): Map<number, ProcessStat> {
  const stats = new Map<number, ProcessStat>();
  for (const entry of readdirSync('/proc')) {
    const line = /^\d+$/.test(entry) ? readOrNothing(`/proc/${entry}/stat`) : '';
    if (line !== '') stats.set(Number(entry), parseStat(line));
  }
  return stats;
}

const pssKib = (pid: number): number =>
  Number(/^Pss: +(\d+)/m.exec(readOrNothing(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);

const numbers = (line: string): number[] => line.split(/ +/).slice(1).map(Number);

/** Processes end while they are looked at. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
