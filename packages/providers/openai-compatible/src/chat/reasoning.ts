import type { ChatRequest, JsonObject, ReasoningEffort } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import type { Writing } from './parts.js';

type Wish = NonNullable<ChatRequest['reasoning']>;

const LEVELS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
/** What a budget asks for, where a server knows levels alone: up to so many tokens. */
const LEVEL_OF_BUDGET: readonly (readonly [number, ReasoningEffort])[] = [
  [0, 'none'],
  [2_048, 'low'],
  [8_192, 'medium'],
  [Infinity, 'high'],
];

/** The wish to reason as the fields that the server has for it. */
export function writeReasoningWish(wish: Wish | undefined, writing: Writing): JsonObject {
  if (!wish) return {};
  const one = oneOf(wish, writing);
  return merged([writeBudget(one, writing), writeEffort(one, writing), writeHidden(one, writing)]);
}

/**
 * A server that knows both a budget and an effort is asked by one of them; OpenRouter refuses both at once:
 * https://openrouter.ai/docs/use-cases/reasoning-tokens. The budget counts, for the caller limits the cost by it; only the
 * effort says, beside a budget, that there shall be no reasoning at all.
 */
function oneOf(wish: Wish, { rules, losses }: Writing): Wish {
  const { effort, budgetTokens, ...rest } = wish;
  if (effort === undefined || budgetTokens === undefined) return wish;
  if (rules.reasoning.budget === undefined || effort === 'none') {
    losses.note('reasoning.budget_tokens', 'dropped');
    return { ...rest, effort };
  }
  losses.note('reasoning_effort', 'dropped');
  return { ...rest, budgetTokens };
}

function writeBudget({ effort, budgetTokens: budget }: Wish, { rules, losses }: Writing): JsonObject {
  const field = rules.reasoning.budget;
  if (budget === undefined || effort !== undefined) return {};
  if (field === undefined) {
    losses.note('reasoning.budget_tokens', 'emulated');
    return {};
  }
  switch (field) {
    case 'thinking_budget':
      return { enable_thinking: budget > 0, thinking_budget: budget };
    case 'reasoning.max_tokens':
      return { reasoning: budget > 0 ? { max_tokens: budget } : { effort: 'none' } };
    case 'thinking.budget_tokens':
      return { thinking: { type: budget > 0 ? 'enabled' : 'disabled', budget_tokens: budget } };
  }
}

function writeEffort(wish: Wish, writing: Writing): JsonObject {
  const { rules, losses } = writing;
  const asked = wish.effort ?? (rules.reasoning.budget ? undefined : levelOf(wish.budgetTokens));
  if (asked === undefined) return {};
  const { effort, switch: own } = rules.reasoning;
  const level = effort && nearest(asked, effort.levels);
  if (level !== asked && (own === undefined || asked !== 'none')) {
    losses.note('reasoning_effort', level === undefined && own === undefined ? 'dropped' : 'changed');
  }
  return merged([
    own === undefined ? {} : writeSwitch(own, asked !== 'none'),
    level === undefined
      ? {}
      : effort?.field === 'reasoning.effort'
        ? { reasoning: { effort: level } }
        : { reasoning_effort: level },
  ]);
}

function writeSwitch(own: NonNullable<Writing['rules']['reasoning']['switch']>, isOn: boolean): JsonObject {
  switch (own) {
    case 'thinking':
      return { thinking: { type: isOn ? 'enabled' : 'disabled' } };
    case 'thinking.adaptive':
      return { thinking: { type: isOn ? 'adaptive' : 'disabled' } };
    case 'enable_thinking':
      return { enable_thinking: isOn };
    case 'reasoning.enabled':
      return { reasoning: { enabled: isOn } };
    case 'chat_template_kwargs':
      return { chat_template_kwargs: { enable_thinking: isOn } };
  }
}

function writeHidden({ summary }: Wish, { rules, losses }: Writing): JsonObject {
  if (summary === undefined) return {};
  if (summary === 'none' && rules.reasoning.hidden === 'reasoning.exclude') return { reasoning: { exclude: true } };
  if (summary === 'none' && rules.reasoning.hidden === 'include_reasoning') return { include_reasoning: false };
  losses.note('reasoning.summary', 'dropped');
  return {};
}

/** The level itself, or the next above it, or the highest; "not at all" has no neighbour. */
function nearest(asked: ReasoningEffort, levels: readonly ReasoningEffort[]): ReasoningEffort | undefined {
  if (levels.includes(asked)) return asked;
  if (asked === 'none') return undefined;
  const above = LEVELS.slice(LEVELS.indexOf(asked)).find((level) => levels.includes(level));
  return above ?? LEVELS.findLast((level) => level !== 'none' && levels.includes(level));
}

function levelOf(budget: number | undefined): ReasoningEffort | undefined {
  return budget === undefined ? undefined : LEVEL_OF_BUDGET.find(([most]) => budget <= most)?.[1];
}

/** Fields laid over each other; objects of the same name become one. */
export function merged(pieces: readonly JsonObject[]): JsonObject {
  const whole: Record<string, unknown> = {};
  for (const piece of pieces) {
    for (const name in piece) {
      const [before, value] = [whole[name], piece[name]];
      whole[name] = isJsonObject(before) && isJsonObject(value) ? { ...before, ...value } : value;
    }
  }
  return whole;
}
