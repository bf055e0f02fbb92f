import type { ChatRequest, JsonObject, ReasoningEffort } from '@sluice/contract';
import { adjusted, changed } from '@sluice/toolkit';
import { geminiFields } from '@sluice/toolkit/gemini-wire';
import type { ModelFamily, Thinking, ThinkingLevel } from './model-family.js';
import type { Plan } from './plan.js';

type Reasoning = NonNullable<ChatRequest['reasoning']>;
type Budget = Extract<Thinking, { readonly kind: 'budget' }>;
type Levels = Extract<Thinking, { readonly kind: 'level' }>;

const RANK: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1,
  low: 2,
  medium: 3,
  high: 4,
  xhigh: 5,
  max: 6,
};

/** Tokens for an effort, as the vendor's own OpenAI endpoint has them. https://ai.google.dev/gemini-api/docs/openai#thinking */
const BUDGETS: Readonly<Record<Exclude<ReasoningEffort, 'none'>, number>> = {
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
};

/** The caller's wish for reasoning as the model's generation takes it. Nobody asked: the vendor's default. */
export function planThinking(request: ChatRequest, { thinking }: ModelFamily): Plan {
  const { reasoning } = request;
  if (!reasoning) return {};
  if (thinking.kind === 'none')
    return { adjustments: reasoning.effort === 'none' ? [] : adjusted('reasoning', 'dropped') };
  const plan = thinking.kind === 'level' ? planLevel(reasoning, thinking) : planBudget(request, reasoning, thinking);
  return {
    config: { thinkingConfig: { ...plan.thinkingConfig, ...geminiFields(reasoning.opaque) } },
    adjustments: changed('reasoning', !plan.kept),
  };
}

/** What became of the wish. */
interface ThinkingPlan {
  readonly thinkingConfig: JsonObject;
  readonly kept: boolean;
}

function planBudget({ maxOutputTokens }: ChatRequest, reasoning: Reasoning, limits: Budget): ThinkingPlan {
  const { effort, budgetTokens } = reasoning;
  if (effort === 'none' || budgetTokens === 0) {
    return { thinkingConfig: { thinkingBudget: limits.off ? 0 : limits.min }, kept: limits.off };
  }
  if (budgetTokens === undefined && effort === undefined) return { thinkingConfig: shown(reasoning), kept: true };
  // The answer's length includes the thoughts. A wish in words takes at most half of it.
  const room = maxOutputTokens ?? Infinity;
  const wanted = budgetTokens ?? Math.min(BUDGETS[effort ?? 'medium'], Math.floor(room / 2));
  const thinkingBudget = wanted < 0 ? -1 : fit(Math.min(wanted, room - 1), limits);
  if (thinkingBudget === 0) return { thinkingConfig: { thinkingBudget }, kept: false };
  return {
    thinkingConfig: { thinkingBudget, ...shown(reasoning) },
    kept: budgetTokens === undefined || budgetTokens === thinkingBudget,
  };
}

/** Where there is hardly room for the least that a model takes, it had better not think at all. */
function fit(tokens: number, { min, max, off }: Budget): number {
  if (tokens < min) return off && tokens < min / 2 ? 0 : min;
  return Math.min(tokens, max);
}

/** No level is "none": these models always think, and the lowest comes closest. */
function planLevel(reasoning: Reasoning, { levels }: Levels): ThinkingPlan {
  const { effort, budgetTokens } = reasoning;
  const asked = effort ?? toEffort(budgetTokens);
  if (asked === undefined) return { thinkingConfig: shown(reasoning), kept: true };
  const level = toLevel(asked, levels);
  const thinkingLevel = level.toUpperCase();
  return {
    thinkingConfig: { thinkingLevel, ...(asked === 'none' ? {} : shown(reasoning)) },
    kept: level === asked && (budgetTokens === undefined || budgetTokens < 0),
  };
}

/** The lowest level that reaches the effort, else the highest. */
function toLevel(effort: ReasoningEffort, levels: readonly ThinkingLevel[]): ThinkingLevel {
  return levels.find((level) => RANK[level] >= RANK[effort]) ?? levels.at(-1) ?? 'high';
}

function toEffort(budgetTokens: number | undefined): ReasoningEffort | undefined {
  if (budgetTokens === undefined || budgetTokens < 0) return undefined;
  if (budgetTokens === 0) return 'none';
  if (budgetTokens <= BUDGETS.low) return 'low';
  return budgetTokens <= BUDGETS.medium ? 'medium' : 'high';
}

function shown({ summary }: Reasoning): JsonObject {
  return { includeThoughts: summary !== 'none' };
}
