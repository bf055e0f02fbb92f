import type { ChatRequest, JsonObject, ReasoningEffort } from '@sluice/contract';
import { adjusted, dropped } from '@sluice/toolkit';
import { planReasoning, toEffort } from '@sluice/provider-anthropic/internal';
import type { Plan } from './plan.js';
import type { ModelTraits } from './traits.js';

/** How the model is asked to think, and how long its answer may be. */
export interface ThinkingPlan extends Plan {
  readonly thinks: boolean;
  /** Where the model refuses to be sampled and limited while it thinks this hard. */
  readonly bare?: true;
}

/** The caller's wish for reasoning in the words of the model's maker. `forced`: a tool has to be called. */
export function planThinking(request: ChatRequest, traits: ModelTraits, forced: boolean): ThinkingPlan {
  const { maxOutputTokens: maxTokens, reasoning } = request;
  const limit = maxTokens === undefined ? {} : { inferenceConfig: { maxTokens } };
  if (traits.claude) return planClaude(request, traits, forced);
  if (!reasoning) return { thinks: false, ...limit };
  const asked = reasoning.effort ?? toEffort(reasoning.budgetTokens);
  if (asked === undefined || traits.effort === undefined) {
    return { thinks: false, ...limit, adjustments: asked === 'none' ? [] : adjusted('reasoning', 'dropped') };
  }
  const effort = traits.effort === 'nested' ? asked : toLevel(asked);
  const kept = effort === asked && reasoning.budgetTokens === undefined;
  const fields = toEffortFields(traits.effort, effort);
  if (traits.effort === 'nova' && effort === 'high') return { ...planBare(fields, maxTokens, kept) };
  return {
    thinks: effort !== 'none',
    ...limit,
    additionalModelRequestFields: fields,
    adjustments: kept ? [] : adjusted('reasoning', 'changed'),
  };
}

/** At its highest effort a Nova refuses limits: https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html */
function planBare(fields: JsonObject, maxTokens: number | undefined, kept: boolean): ThinkingPlan {
  return {
    thinks: true,
    bare: true,
    additionalModelRequestFields: fields,
    adjustments: [...(kept ? [] : adjusted('reasoning', 'changed')), ...dropped('max_tokens', maxTokens)],
  };
}

/**
 * As at the maker's own API, but for the effort, which this API has a field for; and without a length where the caller set
 * none and no budget needs one: the model's own limit holds then.
 */
function planClaude(request: ChatRequest, { claude }: ModelTraits, forced: boolean): ThinkingPlan {
  const toolChoice = forced ? { toolChoice: { type: 'required' } as const } : {};
  const { toolChoice: _, ...rest } = request;
  const plan = planReasoning({ ...rest, ...toolChoice }, claude as NonNullable<typeof claude>);
  const { max_tokens: maxTokens, thinking } = plan.fields;
  const budgeted = (thinking as JsonObject | undefined)?.budget_tokens !== undefined;
  return {
    thinks: plan.thinks,
    ...(request.maxOutputTokens !== undefined || budgeted ? { inferenceConfig: { maxTokens } } : {}),
    ...(plan.effort === undefined ? {} : { outputConfig: { effort: plan.effort } }),
    ...(thinking === undefined ? {} : { additionalModelRequestFields: { thinking } }),
    adjustments: plan.adjustments,
  };
}

function toEffortFields(where: NonNullable<ModelTraits['effort']>, effort: ReasoningEffort): JsonObject {
  switch (where) {
    case 'nested':
      return { reasoning: { effort } };
    case 'qwen':
      return effort === 'none' ? {} : { reasoning_config: effort };
    case 'flat':
      return { reasoning_effort: effort };
    case 'nova':
      return {
        reasoningConfig: effort === 'none' ? { type: 'disabled' } : { type: 'enabled', maxReasoningEffort: effort },
      };
  }
}

/** The three levels that most makers know. */
function toLevel(effort: ReasoningEffort): ReasoningEffort {
  if (effort === 'minimal') return 'low';
  return effort === 'xhigh' || effort === 'max' ? 'high' : effort;
}
