import { durationMs } from '@sluice/toolkit';
import { z } from 'zod';

/** A time as people write it (`30s`, `15m`, `1h`, `7d`); milliseconds once parsed. */
const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'Expected a whole number and a unit: 30s, 15m, 1h or 7d.')
  .transform(durationMs);

/** The `cache:` block of the operator's file. */
export const cacheSettings = z
  .strictObject({
    enabled: z.boolean().default(false).describe('Whether answers are kept and given again to the same question.'),
    ttl: duration.prefault('1h').describe('How long an answer is kept: a number and s, m, h or d.'),
    store: z
      .enum(['memory', 'redis'])
      .exactOptional()
      .describe(
        'Where answers are kept. Default: in the Redis server of REDIS_URL, else in the memory of each process.',
      ),
  })
  .describe('Answers that are kept and given again.');

/** `ttl` is in milliseconds. */
export type CacheSettings = z.output<typeof cacheSettings>;
