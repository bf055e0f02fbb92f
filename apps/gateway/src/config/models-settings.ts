import { z } from 'zod';
import { STRATEGIES } from '@sluice/core';
import type { RoutePolicy, StrategyName } from '@sluice/core';
import { aliasHistorySettings } from '../history/settings.js';
import {
  FAILURE_CLASSES,
  canary,
  fallback,
  modelName,
  name,
  providerName,
  rules,
  targetTags,
} from './routing-settings.js';
import { timeoutSettings } from './timeouts.js';

/** Holds for models asked for as provider/model, and for what an alias leaves out. */
export const DEFAULT_POLICY: RoutePolicy = {
  retries: { max: 2, sameTarget: 1, retryAfterMaxMs: 0 },
  fallbackOn: new Set(['rate_limit', 'server_error', 'timeout', 'connection', 'truncated', 'context_length']),
};

/** A provider that names a longer time is taken to have named this. */
const MAX_RETRY_AFTER_MS = 300_000;

const target = z
  .strictObject({
    provider: providerName,
    model: modelName,
    weight: z
      .number()
      .min(0)
      .optional()
      .describe('Share of the requests, against the sum of all; `priority` and `lowest-cost` do not weigh. Default 1.'),
    tags: targetTags,
  })
  .describe('One model at one provider.');

const retries = z
  .strictObject({
    max: z
      .int()
      .min(0)
      .max(100)
      .default(DEFAULT_POLICY.retries.max)
      .describe('Attempts after the first, all targets together.'),
    sameTarget: z
      .int()
      .min(0)
      .max(100)
      .default(DEFAULT_POLICY.retries.sameTarget)
      .describe('Attempts after the first at one target before moving on.'),
    retryAfterMaxMs: z
      .int()
      .min(0)
      .max(MAX_RETRY_AFTER_MS)
      .default(DEFAULT_POLICY.retries.retryAfterMaxMs)
      .describe(
        'A Retry-After of at most so many milliseconds is waited out where no other target is left; 0 for never.',
      ),
  })
  .describe('How often a failed attempt is repeated.');

const holdBack = z
  .strictObject({
    tokens: z
      .int()
      .min(0)
      .max(100_000)
      .default(0)
      .describe('Until about so many tokens of the answer have come; 0 = not by tokens.'),
    ms: z
      .int()
      .min(0)
      .max(600_000)
      .default(0)
      .describe('Until so many milliseconds after its first content; 0 = not by time.'),
  })
  .describe('How much of a stream is kept from the caller, so that a failure until then is retried unseen.');

const hedge = z.strictObject({
  afterP95: z
    .boolean()
    .default(false)
    .describe('Whether the next target is asked too when one is slower than 95 of 100 of its answers were.'),
  maxExtraSpend: z.number().min(0).max(1).default(0.05).describe('Such second requests, as a share of all.'),
});

const alias = z
  .strictObject({
    strategy: z
      .enum(Object.keys(STRATEGIES) as StrategyName[])
      .default('priority')
      .describe(
        'priority: in the order of the list; weighted: by chance, in proportion to the weights; least-latency, ' +
          'least-busy, lowest-cost: the best first; headroom: by chance, by what is left of the limits; sticky: the ' +
          'same target for the same session or conversation.',
      ),
    targets: z.array(target).min(1).describe('Where requests for this alias go.'),
    canary,
    rules,
    fallbacks: z.array(fallback).default([]).describe('Where they go when no target answered.'),
    timeouts: timeoutSettings.prefault({}),
    retries: retries.prefault({}),
    fallbackOn: z
      .array(z.enum(FAILURE_CLASSES))
      .default([...DEFAULT_POLICY.fallbackOn])
      .describe('Failures that another target may mend.'),
    holdBack: holdBack.prefault({}),
    continuation: z
      .enum(['off', 'prefill'])
      .default('off')
      .describe('prefill: an answer that is cut goes on at the next target that can continue it.'),
    onClientGone: z
      .union([
        z.enum(['abort', 'drain']).describe('Ended at once, or let the provider end it.'),
        z.strictObject({ drainTokens: z.int().min(1).max(1_000_000).describe('Output tokens, estimated.') }),
      ])
      .default('abort')
      .describe(
        'What becomes of an answer whose caller has left: abort ends it at once; drain lets the provider end it, or go on ' +
          'for so many output tokens, so that what it used is known.',
      ),
    hedge: hedge.prefault({}).describe('A second request beside one that is slow.'),
    history: aliasHistorySettings.exactOptional(),
  })
  .describe('A name that callers use, and the models behind it.');

/** The slice `models`: one entry for each alias. */
export const modelsSettings = z
  .record(name('The alias.'), alias)
  .default({})
  .describe('Aliases. A model is addressed by its alias or as provider/model.');

export type AliasSettings = z.output<typeof alias>;
