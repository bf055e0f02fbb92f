import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inject } from 'vitest';

/** `sluice start` in a process of its own. Whoever started it disposes of it. */
export interface SluiceProcess extends AsyncDisposable {
  /** What was written so far. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** The address of its last line of the start; rejects when it ends instead. */
  listening(): Promise<string>;
  readonly pid: number | undefined;
  /** Sends the signal. */
  signal(name: NodeJS.Signals): void;
  /** The process ids of its children. */
  children(): Promise<readonly number[]>;
  /** Sends the signal and resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
}

export interface ProcessOptions {
  readonly cwd: string;
  /** Nothing else is set but PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
  /** Another command that serves. Default `start`. */
  readonly command?: 'start' | 'supervise';
  /** Modules that are loaded first. */
  readonly preload?: readonly string[];
}

/** Runs `sluice start` on a free port. */
export function startProcess(options: ProcessOptions): SluiceProcess {
  const { cwd, env = {}, argv = [], command = 'start', preload = [] } = options;
  const imports = preload.flatMap((module) => ['--import', module]);
  const args = [...imports, inject('gatewayMain'), command, '--port', '0', ...argv];
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (output.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output.stderr += text.toString()));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    return exited;
  };
  return {
    output,
    exited,
    pid: child.pid,
    signal: (name) => void child.kill(name),
    children: () => childrenOf(child.pid),
    stop,
    listening: () => listening(child, output),
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL');
    },
  };
}

async function listening(child: ChildProcess, output: { readonly stdout: string }): Promise<string> {
  const line = /^listening on (http\S+)$/m;
  while (!line.test(output.stdout)) {
    if (child.exitCode !== null) throw new Error(`The process ended with ${child.exitCode}.`);
    await Promise.race([once(child.stdout as NodeJS.EventEmitter, 'data'), once(child, 'close')]);
  }
  return line.exec(output.stdout)?.[1] ?? '';
}

/** https://man7.org/linux/man-pages/man5/proc_pid_task.5.html */
async function childrenOf(pid: number | undefined): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** How long it takes to run `sluice COMMAND`, which does next to nothing itself, as `version`. */
export async function commandMs(command: string): Promise<number> {
  const startedMs = performance.now();
  await promisify(execFile)(process.execPath, [inject('gatewayMain'), command]);
  return performance.now() - startedMs;
}

/** What a command line prints when a shell runs it. */
export async function shell(line: string): Promise<string> {
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', line]);
  return stdout;
}
