import type { Adjustment, ChatRequest, ReasoningEffort } from '@sluice/contract';
import { changed, dropped } from '@sluice/toolkit';

type Think = boolean | 'low' | 'medium' | 'high' | 'max';

/** The server's own reading of efforts that it has no level for: `thinkFromReasoningEffort` in its `openai/openai.go`. */
const LEVELS: Readonly<Record<ReasoningEffort, Think>> = {
  none: false,
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'max',
  max: 'max',
};

/**
 * `think`, a switch or a level. https://docs.ollama.com/capabilities/thinking
 * Not asked for, it is left to the model; a model that cannot think refuses to be told to.
 */
export function planThinking(reasoning: ChatRequest['reasoning']): {
  readonly field: Think | undefined;
  readonly adjustments: readonly Adjustment[];
} {
  if (!reasoning) return { field: undefined, adjustments: [] };
  const { effort, budgetTokens, summary } = reasoning;
  return {
    field: effort === undefined ? true : LEVELS[effort],
    adjustments: [
      ...changed('reasoning', effort === 'minimal' || effort === 'xhigh'),
      ...dropped('reasoning.budget_tokens', budgetTokens),
      ...dropped('reasoning.summary', summary),
    ],
  };
}
