import { z } from 'zod';

const MAX_DAYS = 36_500;

/** The `ledger:` block of the operator's file. */
export const ledgerSettings = z
  .strictObject({
    durability: z
      .enum(['process', 'sync'])
      .default('process')
      .describe(
        'What a row survives once it is written: the end of the process, or with sync, at the price of a wait for the disk, a power cut.',
      ),
    keepSentDays: z
      .int()
      .min(1)
      .max(MAX_DAYS)
      .optional()
      .describe('Days after which rows that PostgreSQL has are deleted on this machine; for ever where it is absent.'),
  })
  .describe('The rows of requests.');

export type LedgerSettings = z.output<typeof ledgerSettings>;
