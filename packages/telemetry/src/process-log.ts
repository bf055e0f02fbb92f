import { pino } from 'pino';
import type { Clock } from '@sluice/contract';
import { redactSecrets } from '@sluice/toolkit';
import { toOneLine } from './one-line.js';
import type { LogLevel } from './settings.js';

/** The lines that no request belongs to: starts, reloads, failures in the background. */
export interface ProcessLog {
  /** `fields.error` and `fields.err` may be an `Error`. */
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
/** A log whose level can change. */
export interface LeveledLog extends ProcessLog {
  setLevel(level: LogLevel): void;
}
export type LogFields = Readonly<Record<string, unknown>>;

export interface ProcessLogDeps {
  readonly clock: Clock;
  /** Takes one line, its newline included. */
  readonly write: (line: string) => void;
  /** Takes out the secrets that are known. */
  readonly scrub?: (text: string) => string;
}

/**
 * Writes messages of the process as JSON lines through pino. What looks like a credential is blotted out of the whole
 * line, however deep it stands: an error's text or a nested field may quote one.
 */
export function createProcessLog(
  level: LogLevel,
  { clock, write, scrub = (text) => text }: ProcessLogDeps,
): LeveledLog {
  const log = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":${clock.now()}`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
    },
    { write: (line: string) => write(toOneLine(redactSecrets(scrub(line)))) },
  );
  return {
    info: (message, fields = {}) => log.info(fields, message),
    warn: (message, fields = {}) => log.warn(fields, message),
    error: (message, fields = {}) => log.error(fields, message),
    setLevel(next) {
      log.level = next;
    },
  };
}
