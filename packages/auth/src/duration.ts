import { durationMs } from '@sluice/toolkit';
import { z } from 'zod';

/** A time as people write it (`0s`, `15m`, `1h`, `7d`); milliseconds once parsed. */
export const duration = z
  .string()
  .regex(/^\d{1,6}[smhd]$/, 'expected a whole number and a unit: 30s, 15m, 1h or 7d')
  .transform(durationMs);
