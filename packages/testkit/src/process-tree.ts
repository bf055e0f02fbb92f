import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The processes that a process has begun and that still live, by Linux's `/proc`; none on other systems. */
export function childrenOf(pid: number): readonly number[] {
  return processes().filter((child) => parentOf(child) === pid);
}

/** Sends a signal to each of them that still lives. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}

/** Resolves when none of them holds anything any more: a signal that ends a process is not its end. */
export async function untilEnded(pids: readonly number[]): Promise<void> {
  while (pids.some(isRunning)) await sleep(2);
}

/** One that only waits to be asked how it ended runs no longer. */
function isRunning(pid: number): boolean {
  const [state] = statOf(pid);
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function processes(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function parentOf(pid: number): number | undefined {
  const [, parent] = statOf(pid);
  return parent === undefined ? undefined : Number(parent);
}

/** What Linux knows of a process, its state and its parent first; nothing of one that is not there. */
function statOf(pid: number): readonly string[] {
  try {
    // The name of the program comes before, in parentheses, and may itself hold some.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
