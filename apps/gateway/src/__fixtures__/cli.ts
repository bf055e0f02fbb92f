import { EventEmitter } from 'node:events';
import { COMMANDS } from '../cli/commands.js';
import type { CliContext, Command, ExitCode } from '../cli/command.js';
import { runCli } from '../cli/run-cli.js';
import { temporaryDir } from './temporary-dir.js';

export interface CliRun {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

export type CapturedContext = Omit<CliContext, 'signals' | 'faults'> & {
  readonly signals: EventEmitter;
  readonly faults: EventEmitter;
  /** What was written so far. */
  readonly written: { stdout: string; stderr: string };
};

/** A process of its own kind: an empty directory, no variables but those given, and output that can be read back. */
export function capturedContext(options: Partial<Pick<CliContext, 'env' | 'cwd'>> = {}): CapturedContext {
  const written = { stdout: '', stderr: '' };
  return {
    env: options.env ?? {},
    cwd: options.cwd ?? temporaryDir(),
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    signals: new EventEmitter(),
    faults: new EventEmitter(),
    written,
  };
}

/** Runs one command line to its end. */
export async function cli(
  argv: readonly string[],
  context: CapturedContext = capturedContext(),
  commands: readonly Command[] = COMMANDS,
): Promise<CliRun> {
  const before = { ...context.written };
  const code = await runCli(argv, commands, context);
  const { stdout, stderr } = context.written;
  return { code, stdout: stdout.slice(before.stdout.length), stderr: stderr.slice(before.stderr.length) };
}
