import type { ChatRequest, ReasoningEffort } from '@sluice/contract';
import { given, isJsonObject } from '@sluice/toolkit';
import type { ChatWire } from './chat-schema.js';
import type { Extras } from './extras.js';

const REASONING = new Set(['effort', 'max_tokens', 'exclude', 'enabled', 'summary']);
const THINKING = new Set(['type', 'budget_tokens']);

/** Fields beside `reasoning_effort` in which servers of the dialect are asked to think. */
export const REASONING_FIELDS = ['reasoning', 'thinking', 'enable_thinking', 'thinking_budget'] as const;

/**
 * The wish to reason, under whichever name: OpenAI's `reasoning_effort`, OpenRouter's `reasoning`
 * (https://openrouter.ai/docs/use-cases/reasoning-tokens), the `thinking` of Anthropic, DeepSeek and Z.ai, and the
 * `enable_thinking` and `thinking_budget` of Alibaba.
 */
export function readReasoningWish(wire: ChatWire, extras: Extras): ChatRequest['reasoning'] {
  const { reasoning, thinking } = wire;
  for (const name in reasoning) if (!REASONING.has(name)) extras.note(`reasoning.${name}`, reasoning[name]);
  for (const name in thinking) if (!THINKING.has(name)) extras.note(`thinking.${name}`, thinking[name]);
  const budgetTokens = reasoning?.max_tokens ?? thinking?.budget_tokens ?? wire.thinking_budget;
  const effort = wire.reasoning_effort ?? reasoning?.effort ?? switchedTo(wire, typeof budgetTokens === 'number');
  const summary = reasoning?.exclude === true ? ('none' as const) : reasoning?.summary;
  const wish = { ...given('effort', effort), ...given('budgetTokens', budgetTokens), ...given('summary', summary) };
  return Object.keys(wish).length === 0 ? undefined : wish;
}

/** Whether the request asks a model to reason, in any of these ways. */
export function wantsReasoning(wire: ChatWire): boolean {
  if (wire.reasoning_effort) return wire.reasoning_effort !== 'none';
  const effort = wire.reasoning?.effort ?? switchedTo(wire, hasBudget(wire));
  return effort === undefined || effort === null ? hasBudget(wire) : effort !== 'none';
}

function hasBudget({ reasoning, thinking, thinking_budget: budget }: ChatWire): boolean {
  if (typeof reasoning?.max_tokens === 'number' || typeof thinking?.budget_tokens === 'number') return true;
  return typeof budget === 'number';
}

/** A plain switch asks for what a model does of itself; a budget beside it says more. */
function switchedTo(wire: ChatWire, budgeted: boolean): ReasoningEffort | undefined {
  const { thinking } = wire;
  const type = isJsonObject(thinking) ? thinking.type : undefined;
  const switches = [wire.reasoning?.enabled, wire.enable_thinking, type && type !== 'disabled'];
  if (switches.includes(false)) return 'none';
  return switches.includes(true) && !budgeted ? 'medium' : undefined;
}
