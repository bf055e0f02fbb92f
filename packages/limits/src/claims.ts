import type { Actual, AmountsUsed, Claim } from '@sluice/contract';
import { INPUT_TOKENS, OUTPUT_TOKENS, SPEND, TOKENS, claimOf } from './templates.js';
import type { Template } from './templates.js';

/** What a request claims that uses so much at most. */
export function toClaims(templates: readonly Template[], atMost: AmountsUsed): readonly Claim[] {
  return templates.map((template) => template.one ?? claimOf(template, amountOf(template.name, atMost)));
}

/** What a request has used, by the names of its claims. */
export function toActual(used: AmountsUsed): Actual {
  return {
    [TOKENS]: used.inputTokens + used.outputTokens,
    [INPUT_TOKENS]: used.inputTokens,
    [OUTPUT_TOKENS]: used.outputTokens,
    [SPEND]: used.nanoUsd ?? 0,
  };
}

/** What a request may cost at most. Where nobody knows, the least there is: a budget with nothing left has no room for it. */
export function atMostNanoUsd({ nanoUsd }: AmountsUsed): number {
  return nanoUsd ?? 1;
}

/** Reads no amount but the one that is claimed: to make the others is dear. */
function amountOf(name: string, atMost: AmountsUsed): number {
  switch (name) {
    case TOKENS:
      return atMost.inputTokens + atMost.outputTokens;
    case INPUT_TOKENS:
      return atMost.inputTokens;
    case OUTPUT_TOKENS:
      return atMost.outputTokens;
    default:
      return atMostNanoUsd(atMost);
  }
}
