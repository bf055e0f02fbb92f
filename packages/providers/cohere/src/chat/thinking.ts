import type { ChatRequest, ReasoningEffort } from '@sluice/contract';
import { dropped } from '@sluice/toolkit';
import type { Plan } from './plan.js';

/** Models that came before thinking, or without it. https://docs.cohere.com/docs/models */
const THOUGHTLESS = /^(command(-light|-nightly|-r|-a-(0|vision|translate)|$)|c4ai-|aya|tiny-aya)/;

/** The vendor knows no efforts, but a limit of tokens. For the highest it advises none. */
const BUDGETS: Readonly<Partial<Record<ReasoningEffort, number>>> = {
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 24_576,
};

/**
 * `thinking`. Models that can think do so unless they are told not to; the others are told nothing.
 * https://docs.cohere.com/docs/reasoning
 */
export function planThinking({ reasoning, maxOutputTokens }: ChatRequest, model: string): Plan {
  if (!reasoning) return { fields: {}, adjustments: [] };
  const { effort, budgetTokens, summary } = reasoning;
  if (THOUGHTLESS.test(model)) {
    return { fields: {}, adjustments: dropped('reasoning', effort === 'none' ? undefined : reasoning) };
  }
  const isOff = effort === 'none' || budgetTokens === 0;
  return {
    fields: { thinking: isOff ? { type: 'disabled' } : enabled(budgetTokens ?? budgetOf(effort, maxOutputTokens)) },
    adjustments: dropped('reasoning.summary', summary),
  };
}

function enabled(budget: number | undefined): object {
  return budget === undefined ? { type: 'enabled' } : { type: 'enabled', token_budget: budget };
}

/** The budget is part of the answer's length: half of a limit that the caller set is left for the answer. */
function budgetOf(effort: ReasoningEffort | undefined, maxTokens: number | undefined): number | undefined {
  const budget = effort && BUDGETS[effort];
  if (budget === undefined || maxTokens === undefined) return budget;
  return Math.min(budget, Math.max(1, Math.floor(maxTokens / 2)));
}
