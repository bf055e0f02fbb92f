import { ENTITIES, createRedaction } from '@sluice/guards';
import type { Entity, RedactionInit } from '@sluice/guards';
import { durationMs } from '@sluice/toolkit';
import { z } from 'zod';

const bodies = z
  .enum(['off', 'errors', 'all'])
  .describe('Of which requests bodies are kept: of none, of those that failed, of all.');
const retention = z
  .string()
  .regex(/^[1-9]\d{0,4}[mhd]$/, 'Expected a whole number and a unit: 30m, 24h or 7d.')
  .transform(durationMs)
  .describe('How long they are kept: a number and m, h or d.');
const maxBytes = z
  .int()
  .min(1)
  .max(262_144)
  .describe('So much of a request, and so much of its answer; the rest is left out, and that is said.');
const pattern = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(4_096)
    .refine(isPattern, 'expected a regular expression without looking around and referring back')
    .describe('As the guard `regex` takes it.'),
});
const redact = z
  .array(z.union([z.enum(ENTITIES).describe('A kind of personal data.'), pattern]))
  .max(100)
  .describe(
    'What is taken out before anything is written: kinds of personal data as the guard `pii` has them, and patterns.',
  );

const DEFAULT_REDACTED = ['email', 'phone', 'iban', 'credit-card', 'us-ssn'] as const satisfies readonly Entity[];

/** The `history:` block of the operator's file. */
export const historySettings = z
  .strictObject({
    bodies: bodies.default('off'),
    retention: retention.prefault('7d'),
    maxBytes: maxBytes.default(65_536),
    redact: redact.default([...DEFAULT_REDACTED]),
  })
  .describe('What is kept of what callers sent and got.');

/** The same of an alias: what it leaves out is as it is for all. */
export const aliasHistorySettings = z
  .strictObject({
    bodies: bodies.exactOptional(),
    retention: retention.exactOptional(),
    maxBytes: maxBytes.exactOptional(),
    redact: redact.exactOptional(),
  })
  .describe('What is kept of requests for this alias; what is left out is as under `history`.');

/** `retention` is in milliseconds. */
export type HistorySettings = z.output<typeof historySettings>;

/** In the words of guards. */
export function toRedaction(entries: HistorySettings['redact']): RedactionInit {
  return {
    entities: entries.filter((entry) => typeof entry === 'string'),
    patterns: entries.flatMap((entry) => (typeof entry === 'string' ? [] : [entry.pattern])),
  };
}

function isPattern(text: string): boolean {
  try {
    createRedaction({ entities: [], patterns: [text] });
    return true;
  } catch {
    return false;
  }
}
