import { z } from 'zod';

const MS_PER_UNIT = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time as people write it (`0s`, `15m`, `1h`, `7d`); milliseconds once parsed. */
export const duration = z
  .string()
  .regex(/^\d{1,6}[smhd]$/, 'expected a whole number and a unit: 30s, 15m, 1h or 7d')
  .transform((text) => Number(text.slice(0, -1)) * MS_PER_UNIT[text.at(-1) as keyof typeof MS_PER_UNIT]);
