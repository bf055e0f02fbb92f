import type { ResponseHead } from '@sluice/contract';

const MIN_MS = 1_000;
const MAX_MS = 300_000;

/**
 * How long a provider asks to be left alone, in milliseconds within 1 s and 300 s: `retry-after-ms`, then `retry-after`
 * as seconds or as a date, which is held against the answer's own `date`. Nothing where the header says nothing usable.
 */
export function parseRetryAfter(head: ResponseHead): number | undefined {
  const ms = toNumber(head.headers['retry-after-ms']);
  if (ms !== undefined) return clamp(ms);
  const value = head.headers['retry-after'];
  const seconds = toNumber(value);
  if (seconds !== undefined) return clamp(seconds * 1_000);
  const untilMs = Date.parse(value ?? '') - Date.parse(head.headers['date'] ?? '');
  return Number.isNaN(untilMs) ? undefined : clamp(untilMs);
}

function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}

function clamp(ms: number): number {
  return Math.min(MAX_MS, Math.max(MIN_MS, Math.round(ms)));
}
