import { z } from 'zod';

const MS_PER_UNIT = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time as people write it (`30s`, `15m`, `1h`, `7d`); milliseconds once parsed. */
const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'Expected a whole number and a unit: 30s, 15m, 1h or 7d.')
  .transform((text) => Number(text.slice(0, -1)) * MS_PER_UNIT[text.at(-1) as keyof typeof MS_PER_UNIT]);

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
