import { SAMPLING_PARAMETERS } from '@sluice/contract';
import { z } from 'zod';
import type { CatalogueData } from './snapshot.js';
import { CAPABILITIES, DATE, EFFORTS, MODES, OTHER_UNITS, TOKEN_UNITS } from './vocabulary.js';

const limit = z.int().positive().exactOptional();

const minute = z.int().min(0).max(1_439);

const priceRow = z.strictObject({
  tier: z.string().min(1).exactOptional(),
  aboveInputTokens: z.int().positive().exactOptional(),
  hours: z.strictObject({ fromMinute: minute, toMinute: minute }).exactOptional(),
  picoUsd: z.partialRecord(z.enum([...TOKEN_UNITS, ...OTHER_UNITS]), z.int().nonnegative()),
});

const model = z.strictObject({
  at: z.record(z.string().min(1), z.array(z.string().min(1)).min(1)),
  modes: z.array(z.enum(MODES)).min(1),
  can: z.array(z.enum(CAPABILITIES)).exactOptional(),
  cannot: z.array(z.enum(CAPABILITIES)).exactOptional(),
  efforts: z.array(z.enum(EFFORTS)).exactOptional(),
  defaultEffort: z.enum(EFFORTS).exactOptional(),
  refuses: z
    .strictObject({ parameters: z.array(z.enum(SAMPLING_PARAMETERS)).min(1), when: z.enum(['always', 'reasoning']) })
    .exactOptional(),
  maxInputTokens: limit,
  maxOutputTokens: limit,
  retiresOn: z.string().regex(DATE).exactOptional(),
  prices: z.array(priceRow).min(1).exactOptional(),
  gone: z.literal(true).exactOptional(),
});

/** The form of `snapshot.json`: no field, no unit and no word besides these, and money in whole numbers only. */
export const snapshotSchema = z.strictObject({
  format: z.literal(1),
  sources: z
    .array(
      z.strictObject({
        registry: z.enum(['npm', 'pypi']),
        name: z.string().min(1),
        version: z.string().min(1),
        licence: z.string().min(1),
        gave: z.string().min(1),
      }),
    )
    .min(1),
  models: z.array(model),
}) satisfies z.ZodType<CatalogueData>;
