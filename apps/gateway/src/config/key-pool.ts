import { z } from 'zod';

const MOST_KEYS = 100;

/**
 * The settings of a kind that takes a key, with `apiKeys` beside `apiKey`: several accounts that take turns. Those of
 * other kinds stay as they are.
 */
export function withKeyPool(settings: z.ZodObject): z.ZodObject {
  const { apiKey } = settings.shape as Readonly<Record<string, z.ZodType | undefined>>;
  if (!(apiKey instanceof z.ZodOptional)) return settings;
  const apiKeys = z
    .array(apiKey.unwrap() as z.ZodType)
    .min(1, 'expected one key at least')
    .max(MOST_KEYS, `expected ${MOST_KEYS} keys at most`)
    .optional()
    .describe('In place of `apiKey`: where several keys stand. They take turns; one that is refused or limited rests.');
  return settings.safeExtend({ apiKeys }).superRefine((given, context) => {
    if (given['apiKey'] === undefined || given['apiKeys'] === undefined) return;
    context.addIssue({ code: 'custom', path: ['apiKeys'], message: 'stands beside apiKey: use one of them' });
  });
}
