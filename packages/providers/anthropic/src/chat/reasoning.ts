import type { ChatRequest, JsonObject, ReasoningEffort } from '@sluice/contract';
import { adjusted, isJsonObject } from '@sluice/toolkit';
import { ownData, toThinkingBlock } from '@sluice/toolkit/anthropic-wire';
import type { ModelFamily } from './model-family.js';
import type { Plan } from './plan.js';

/** This wire has no default of its own for the length of an answer. */
const DEFAULT_MAX_TOKENS = 4_096;
/** Added to the default for a model that decides itself how long it thinks. */
const ADAPTIVE_ROOM = 16_384;
const MIN_BUDGET = 1_024;

const BUDGETS: Readonly<Record<Exclude<ReasoningEffort, 'none'>, number>> = {
  minimal: MIN_BUDGET,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 24_576,
  max: 32_768,
};

/** How the model is asked to think: `fields` of the body, and the effort, which goes under `output_config`. */
export interface ReasoningPlan extends Plan {
  readonly thinks: boolean;
  readonly effort?: string;
}

/** The caller's wish for reasoning in the words that the model's generation takes, and the answer's length with it. */
export function planReasoning(request: ChatRequest, family: ModelFamily): ReasoningPlan {
  const { reasoning } = request;
  if (!reasoning) return withoutThinking(request);
  const own = ownData(reasoning.opaque);
  const plan = own && planOwn(request, own, family);
  if (plan) return plan;
  if (reasoning.effort === 'none') return planNone(request, family);
  if (isForced(request)) return withoutThinking(request, true);
  return family.thinking === 'budget' ? planBudget(request, reasoning) : planAdaptive(request, reasoning, family);
}

/** The vendor refuses thinking where a tool call is forced. */
function isForced({ toolChoice }: ChatRequest): boolean {
  return toolChoice?.type === 'required' || toolChoice?.type === 'tool';
}

type Reasoning = NonNullable<ChatRequest['reasoning']>;

function withoutThinking(request: ChatRequest, dropped = false): ReasoningPlan {
  const fields = { max_tokens: request.maxOutputTokens ?? DEFAULT_MAX_TOKENS };
  return { fields, thinks: false, adjustments: dropped ? adjusted('reasoning', 'dropped') : [] };
}

/** The caller's own words for it, where the model takes them; nothing where they have to be translated after all. */
function planOwn(request: ChatRequest, own: JsonObject, family: ModelFamily): ReasoningPlan | undefined {
  const asked = typeof own.effort === 'string' ? (own.effort as ReasoningEffort) : undefined;
  const effort = toTakenEffort(asked, family);
  const { thinking } = own;
  const type = isJsonObject(thinking) ? String(thinking.type) : undefined;
  if (type !== undefined && !takesThinking(request, type, family)) return undefined;
  const plan = withoutThinking(request);
  return {
    fields: { ...plan.fields, ...(type === undefined ? {} : { thinking }) },
    thinks: type !== undefined && type !== 'disabled',
    ...(effort === undefined ? {} : { effort }),
    adjustments: effort === asked ? [] : adjusted('reasoning', 'changed'),
  };
}

function takesThinking(request: ChatRequest, type: string, { thinkingTypes }: ModelFamily): boolean {
  if (!thinkingTypes.has(type)) return false;
  return type === 'disabled' || !(isForced(request) || (type === 'enabled' && resumesUnsignedTurn(request)));
}

/** The current generation thinks unasked. Where it cannot be told not to, little thinking comes closest. */
function planNone(request: ChatRequest, family: ModelFamily): ReasoningPlan {
  const plan = withoutThinking(request);
  if (family.thinking === 'budget' || family.sampling) return plan;
  const told = (type: string): ReasoningPlan => ({ ...plan, fields: { ...plan.fields, thinking: { type } } });
  if (family.thinkingTypes.has('disabled')) return told('disabled');
  const adjustments = adjusted('reasoning', 'changed');
  if (family.thinkingTypes.has('between_tools')) return { ...told('between_tools'), thinks: true, adjustments };
  return { ...plan, effort: 'low', adjustments };
}

/** How much of the thinking is shown: all that there is, or none. */
function planDisplay({ summary }: Reasoning): { readonly display?: string; readonly lost: Plan['adjustments'] } {
  if (summary === undefined) return { lost: [] };
  const exact = summary === 'auto' || summary === 'none';
  return {
    display: summary === 'none' ? 'omitted' : 'summarized',
    lost: exact ? [] : adjusted('reasoning.summary', 'changed'),
  };
}

function planBudget(request: ChatRequest, reasoning: Reasoning): ReasoningPlan {
  const { effort, budgetTokens } = reasoning;
  const wanted = budgetTokens ?? BUDGETS[effort === undefined || effort === 'none' ? 'medium' : effort];
  const budget = Math.min(wanted, roomFor(request.maxOutputTokens, budgetTokens));
  if (budget < MIN_BUDGET || resumesUnsignedTurn(request)) return withoutThinking(request, true);
  const maxTokens = request.maxOutputTokens ?? budget + DEFAULT_MAX_TOKENS;
  const { lost, ...display } = planDisplay(reasoning);
  const changed = budgetTokens !== undefined && budget !== budgetTokens;
  return {
    fields: { max_tokens: maxTokens, thinking: { type: 'enabled', budget_tokens: budget, ...display } },
    thinks: true,
    adjustments: [...(changed ? adjusted('reasoning', 'changed') : []), ...lost],
  };
}

/** The budget is part of the answer's length. One that the caller put in figures gives way only as far as it must. */
function roomFor(maxTokens = Infinity, budgetTokens?: number): number {
  return budgetTokens === undefined ? Math.floor(maxTokens / 2) : maxTokens - 1;
}

/** With a budget, a turn that called tools must begin with its signed thinking; another vendor's turn has none. */
function resumesUnsignedTurn({ messages }: ChatRequest): boolean {
  if (messages.at(-1)?.role !== 'tool') return false;
  const turn = messages.findLast((message) => message.role === 'assistant');
  return !turn?.content.some((part) => part.type === 'reasoning' && toThinkingBlock(part) !== undefined);
}

function planAdaptive(request: ChatRequest, reasoning: Reasoning, family: ModelFamily): ReasoningPlan {
  const asked = reasoning.effort ?? toEffort(reasoning.budgetTokens);
  const effort = toTakenEffort(asked, family);
  const kept = reasoning.budgetTokens === undefined && effort === asked;
  const { lost, ...display } = planDisplay(reasoning);
  return {
    fields: {
      max_tokens: request.maxOutputTokens ?? DEFAULT_MAX_TOKENS + ADAPTIVE_ROOM,
      thinking: { type: 'adaptive', ...display },
    },
    thinks: true,
    ...(effort === undefined ? {} : { effort }),
    adjustments: [...(kept ? [] : adjusted('reasoning', 'changed')), ...lost],
  };
}

/** The effort that comes closest to a budget of tokens. */
export function toEffort(budgetTokens: number | undefined): ReasoningEffort | undefined {
  if (budgetTokens === undefined) return undefined;
  if (budgetTokens <= BUDGETS.low) return 'low';
  return budgetTokens <= BUDGETS.medium ? 'medium' : 'high';
}

function toTakenEffort(effort: ReasoningEffort | undefined, { everyEffort }: ModelFamily): string | undefined {
  if (effort === 'minimal') return 'low';
  return effort === 'xhigh' && !everyEffort ? 'high' : effort;
}
