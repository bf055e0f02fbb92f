import { z } from 'zod';
import { ROLES } from './permissions.js';

const MAX_METADATA_KEYS = 16;

/** One line that shows as it is. */
export const line = (most: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'must not hold control characters');

export const name = line(100).meta({
  description: 'What people call it, shown in lists and in the log.',
  example: 'ci',
});

export const metadata = z
  .record(z.string().min(1).max(64), z.string().max(512))
  .refine((record) => Object.keys(record).length <= MAX_METADATA_KEYS, `must hold at most ${MAX_METADATA_KEYS} keys`)
  .meta({ description: `Notes of your own, at most ${MAX_METADATA_KEYS}.`, example: { team: 'search' } });

export const instant = z.iso.datetime({ offset: true });

/** Also what a token may name its organisation and team by. */
export const RECORD_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const recordId = z
  .string()
  .regex(RECORD_ID, 'must be 1 to 64 letters, digits, ".", "_" or "-", and begin with a letter or a digit');

export const role = z
  .enum(ROLES)
  .meta({ description: 'What it may do: owner, admin, operator and viewer use the admin API of their organisation.' });

export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
