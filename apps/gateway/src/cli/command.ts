import type { Environment } from '../config/environment.js';

/** 0 done, 1 failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Where signals to the process arrive. */
export interface SignalSource {
  on(signal: Signal, listener: () => void): unknown;
  off(signal: Signal, listener: () => void): unknown;
}
export type Signal = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGUSR2';

/** Where errors arrive that nothing has caught. */
export interface FaultSource {
  on(event: Fault, listener: (cause: unknown) => void): unknown;
  off(event: Fault, listener: (cause: unknown) => void): unknown;
}
export type Fault = 'uncaughtException' | 'unhandledRejection';

/** What a command sees of its process. */
export interface CliContext {
  readonly env: Environment;
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly signals: SignalSource;
  readonly faults: FaultSource;
  /** Tells whoever supervises this process; absent where nobody does. */
  readonly tellSupervisor?: (message: string) => void;
}

export interface CommandOption {
  /** What the value is called in the help: `PORT`. Empty where there is none: what is given then is the option's own name. */
  readonly value: string;
  readonly summary: string;
  /** One letter. */
  readonly short?: string;
}

export interface CommandCall {
  readonly context: CliContext;
  /** As many as the command takes. */
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | undefined>>;
  /** Answer in JSON. */
  readonly json: boolean;
}

/** One row of the table of commands. Every command also has `--json` and `--help`. */
export interface Command {
  /** One word or two: `keys create`. */
  readonly name: string;
  /** The names of its positional arguments, those in brackets optional: `['NAME']`, `['[FILE]']`. */
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, CommandOption>>;
  readonly summary: string;
  /** Failures are thrown; their message is for people. */
  run(call: CommandCall): Promise<ExitCode>;
}

/** Thrown for what the person at the keyboard got wrong; ends in exit code 2. */
export class UsageError extends Error {}

export const CONFIG_OPTIONS = {
  config: { value: 'FILE', summary: 'The configuration (SLUICE_CONFIG; ./sluice.yaml where there is one)' },
  'data-dir': { value: 'DIR', summary: 'Where state is kept (SLUICE_DATA_DIR; ./.sluice)' },
} as const satisfies Record<string, CommandOption>;
