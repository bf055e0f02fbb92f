import { durationMs } from '@sluice/toolkit';
import { UsageError } from './command.js';
import type { CommandOption } from './command.js';

const EXAMPLES = '2026-01-31, 2026-01-31T12:00:00Z, 7d, 24h';

/** From when until when something began. */
export const TIME_OPTIONS = {
  since: { value: 'TIME', summary: `Leaves out what began earlier: ${EXAMPLES}` },
  until: { value: 'TIME', summary: 'Leaves out what began then or later. Default: now' },
} as const satisfies Record<string, CommandOption>;

const AGO = /^\d{1,6}[mhdw]$/;
const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** A time as people write it: a day (its beginning in UTC), an instant, or how long ago. Throws a {@link UsageError}. */
export function readTime(option: string, text: string, nowMs: number): number {
  if (AGO.test(text)) return nowMs - durationMs(text);
  const ms = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms) || ms < 0) throw new UsageError(`--${option} takes a time: ${EXAMPLES}`);
  return ms;
}
