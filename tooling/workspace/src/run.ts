import { spawn } from 'node:child_process';
import { ROOT } from './root.js';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the command, which then rejects. */
  readonly signal?: AbortSignal;
}
export interface Captured {
  readonly ok: boolean;
  /** What the command wrote to stdout and stderr, in the order it came. */
  readonly output: string;
}

/** Runs a command to its end and keeps its output. Resolves also when it fails; rejects when it cannot be started. */
export function capture(command: string, args: readonly string[], options: RunOptions = {}): Promise<Captured> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

/** Like {@link capture}, but rejects with the output when the command fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { ok, output } = await capture(command, args, options);
  if (!ok) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`);
  return output;
}
