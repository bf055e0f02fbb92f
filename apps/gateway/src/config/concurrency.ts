import { concurrencyProblems, concurrencyShape } from '@sluice/overload';
import type { z } from 'zod';

/** The settings of a kind, with those of how many calls it takes at once. */
export function withConcurrency(settings: z.ZodObject): z.ZodObject {
  return settings.safeExtend(concurrencyShape).superRefine((given, context) => {
    for (const [setting, message] of concurrencyProblems(given)) {
      context.addIssue({ code: 'custom', path: [setting], message });
    }
  });
}
