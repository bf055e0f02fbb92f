import { z } from 'zod';
import type { FailureClass } from '@sluice/contract';

export const FAILURE_CLASSES = [
  'rate_limit',
  'overloaded',
  'server_error',
  'timeout',
  'connection',
  'truncated',
  'context_length',
  'content_policy',
  'bad_request',
  'budget',
] as const satisfies readonly FailureClass[];

/** A name that may travel in a header or a log line. */
const PRINTABLE = /^[^\u0000-\u001f\u007f]+$/;

export const name = (meaning: string): z.ZodString =>
  z.string().min(1).max(256).regex(PRINTABLE, 'control characters are not allowed').describe(meaning);

export const providerName = name('A key under `providers`.');
export const modelName = name("The provider's own name of the model.");

/** A request's tags stand in a header, separated by commas. */
const tag = name('A tag of requests.').regex(/^[^,]+$/, 'a tag has no comma');
export const targetTags = z
  .array(tag)
  .min(1)
  .optional()
  .describe('Kept for requests with one of these tags: `x-sluice-tags`, or `metadata.tags` of the body.');

const on = z
  .array(z.enum(FAILURE_CLASSES))
  .min(1)
  .optional()
  .describe('Asked only after a failure of one of these classes, whatever `fallbackOn` says of them.');

export const fallback = z
  .union(
    [
      z.strictObject({ provider: providerName, model: modelName, on }),
      z.strictObject({ alias: name('Another alias.'), on }),
    ],
    { error: 'expected { provider, model } or { alias }' },
  )
  .describe('Tried in order when no target answered.');

export const canary = z
  .strictObject({
    provider: providerName,
    model: modelName,
    share: z.number().min(0).max(1).describe('Of the requests, from 0 to 1; of the sessions under `sticky`.'),
  })
  .optional()
  .describe('A target on trial: first for its share of the requests, and not asked by the others.');

const pattern = z.string().min(1).max(256).describe('A text; `*` at its end stands for any rest.');
const patterns = z
  .union([pattern, z.array(pattern).min(1).describe('Any of these texts.')], {
    error: 'expected a text or a list of texts',
  })
  .transform((given) => (typeof given === 'string' ? [given] : given));

const conditions = z
  .strictObject({
    tags: patterns.describe('One of the request has to match.'),
    metadata: z.record(z.string(), patterns).describe('By the field of `metadata` in the body.'),
    headers: z
      .record(z.string().regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/, 'the name of a header, in small letters'), patterns)
      .describe('By the name, in small letters.'),
    keys: patterns.describe('Names or ids of keys.'),
    tenants: patterns.describe('Tenants of keys.'),
  })
  .partial()
  .refine((when) => Object.keys(when).length > 0, 'at least one condition')
  .describe('All that are given must hold; of each list, one. `*` at the end of a text stands for any rest.');

export const rules = z
  .array(
    z.strictObject({
      when: conditions,
      use: z
        .union(
          [
            z.strictObject({ provider: providerName, model: modelName }),
            z.strictObject({ alias: name('Another alias, as if the caller had asked for it.') }),
          ],
          { error: 'expected { provider, model } or { alias }' },
        )
        .describe('Where such requests go instead of the targets.'),
    }),
  )
  .optional()
  .describe('The first whose conditions hold decides.');

export type RuleSettings = NonNullable<z.output<typeof rules>>[number];
