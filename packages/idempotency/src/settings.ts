import { durationMs } from '@sluice/toolkit';
import { z } from 'zod';

const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[mhd]$/, 'Expected a whole number and a unit: 30m, 24h or 7d.')
  .transform(durationMs);

/** The `idempotency:` block of the operator's file. */
export const idempotencySettings = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether the header Idempotency-Key is heeded.'),
    ttl: duration.prefault('24h').describe('How long the first answer is given again: a number and m, h or d.'),
    maxAnswerBytes: z
      .int()
      .positive()
      .max(67_108_864)
      .default(8_388_608)
      .describe('Larger answers are not kept: who asks again is served anew.'),
    maxBytes: z
      .int()
      .positive()
      .default(1_073_741_824)
      .describe(
        'Of all that is kept in the database; beyond it, the oldest goes before its time. Read when the gateway starts.',
      ),
    onStoreFailure: z
      .enum(['reject', 'local'])
      .default('reject')
      .describe(
        'With REDIS_URL, where Redis cannot be asked: refuse requests with a key, or go by what this machine knows of it.',
      ),
  })
  .describe('First answers to requests that bring a key of their own.');

/** `ttl` is in milliseconds. */
export type IdempotencySettings = z.output<typeof idempotencySettings>;
