import type { Adjustment, ChatRequest, JsonObject, ToolChoice, ToolDefinition } from '@sluice/contract';
import { adjusted, dropped } from '@sluice/toolkit';
import { holdStrictTools } from '@sluice/provider-anthropic/internal';
import type { FormatPlan } from './format.js';
import { cacheAdjustments, hasToolBlocks, toCachePoint } from './messages.js';
import type { Plan } from './plan.js';
import type { ModelTraits } from './traits.js';
import { ANSWER_TOOL, CONVERSE, NO_TOOL } from './wire.js';

/** The tools, and whether one of them has to be called: a model that must call one does not think first. */
export interface ToolPlan extends Plan {
  readonly forced: boolean;
}

/** The request's own choice and tools, before the model's limits. */
interface Offer {
  readonly tools: readonly ToolDefinition[];
  readonly choice: ToolChoice | undefined;
}

const PLACEHOLDER: JsonObject = {
  toolSpec: {
    name: NO_TOOL,
    description: 'There is no tool to call now. Answer in words.',
    inputSchema: { json: { type: 'object', properties: {} } },
  },
};

/**
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html. There is no choice `none`:
 * tools that may not be called are left out, and a placeholder stands for them where the history needs some.
 */
export function planTools(request: ChatRequest, traits: ModelTraits, { answerTool }: FormatPlan): ToolPlan {
  if (!traits.strictTools || request.toolChoice?.type === 'none') return planOffered(request, traits, answerTool);
  const { tools, adjustments } = holdStrictTools(request.tools ?? []);
  return withAdjustments(planOffered({ ...request, tools }, traits, answerTool), adjustments);
}

function planOffered(request: ChatRequest, traits: ModelTraits, answerTool: JsonObject | undefined): ToolPlan {
  const { tools = [], toolChoice: choice, vendorTools = [] } = request;
  const own = vendorTools.filter(({ kind }) => kind === CONVERSE).map(({ data }) => data as JsonObject);
  const lost = own.length < vendorTools.length ? adjusted('tools', 'dropped') : [];
  if (choice?.type === 'none') return withAdjustments(planNone(request, traits, answerTool), lost);
  if (tools.length + own.length > 0) {
    const plan = answerTool
      ? planAnswer(answerTool, request, traits)
      : planChoice({ tools, choice }, { request, traits, own });
    return withAdjustments(plan, lost);
  }
  const unused = [...dropped('tool_choice', choice), ...dropped('parallel_tool_calls', request.parallelToolCalls)];
  return withAdjustments(planNone(request, traits, answerTool), [...lost, ...unused]);
}

function planNone(request: ChatRequest, { forces }: ModelTraits, answerTool: JsonObject | undefined): ToolPlan {
  if (answerTool) {
    const toolChoice = forces.has('tool') ? { tool: { name: ANSWER_TOOL } } : { any: {} };
    return { forced: true, body: { toolConfig: { tools: [answerTool], toolChoice } } };
  }
  if (!hasToolBlocks(request)) return { forced: false };
  const asked = request.toolChoice?.type === 'none' ? adjusted('tool_choice', 'emulated') : [];
  return { forced: false, body: { toolConfig: { tools: [PLACEHOLDER] } }, adjustments: asked };
}

/** The model calls one of the caller's tools, or answers through the tool for answers. */
function planAnswer(answerTool: JsonObject, request: ChatRequest, traits: ModelTraits): ToolPlan {
  const { tools = [], parallelToolCalls } = request;
  return {
    forced: true,
    body: { toolConfig: { tools: [...toSpecs(tools, traits), answerTool], toolChoice: { any: {} } } },
    adjustments: [
      ...(parallelToolCalls === false ? adjusted('parallel_tool_calls', 'dropped') : []),
      ...toolAdjustments(tools, traits),
    ],
  };
}

interface Choosing {
  readonly request: ChatRequest;
  readonly traits: ModelTraits;
  readonly own: readonly JsonObject[];
}

function planChoice({ tools, choice }: Offer, { request, traits, own }: Choosing): ToolPlan {
  const { offered, forced, adjustments } = toForced({ tools, choice }, traits);
  const single = request.parallelToolCalls === false;
  const toolChoice = forced && !(single && traits.oneCall) ? { toolChoice: forced } : {};
  return {
    forced: forced !== undefined,
    body: { toolConfig: { tools: [...toSpecs(offered, traits), ...own], ...toolChoice } },
    ...(single && traits.oneCall ? { additionalModelRequestFields: { tool_choice: toSingle(forced) } } : {}),
    adjustments: [
      ...adjustments,
      ...(single && !traits.oneCall ? adjusted('parallel_tool_calls', 'dropped') : []),
      ...toolAdjustments(offered, traits),
    ],
  };
}

interface Forced {
  readonly offered: readonly ToolDefinition[];
  readonly forced?: JsonObject;
  readonly adjustments: readonly Adjustment[];
}

/** A named tool that the model cannot be told to call is the only one that it is offered. */
function toForced({ tools, choice }: Offer, { forces }: ModelTraits): Forced {
  if (choice?.type !== 'required' && choice?.type !== 'tool') return { offered: tools, adjustments: [] };
  const any = forces.has('any');
  if (choice.type === 'required') {
    return any
      ? { offered: tools, forced: { any: {} }, adjustments: [] }
      : { offered: tools, adjustments: adjusted('tool_choice', 'dropped') };
  }
  if (forces.has('tool')) return { offered: tools, forced: { tool: { name: choice.name } }, adjustments: [] };
  const named = tools.filter(({ name }) => name === choice.name);
  if (any) return { offered: named, forced: { any: {} }, adjustments: adjusted('tool_choice', 'emulated') };
  return { offered: named, adjustments: adjusted('tool_choice', 'changed') };
}

/** In the maker's own words, which then stand for the API's: one call at a time. */
function toSingle(forced: JsonObject | undefined): JsonObject {
  const one = { disable_parallel_tool_use: true };
  if (forced === undefined) return { type: 'auto', ...one };
  return forced.tool ? { type: 'tool', ...(forced.tool as JsonObject), ...one } : { type: 'any', ...one };
}

function toSpecs(tools: readonly ToolDefinition[], traits: ModelTraits): readonly JsonObject[] {
  const { cache: cached } = traits;
  return tools.flatMap((tool) =>
    tool.cache && cached?.tools ? [toSpec(tool, traits), toCachePoint(tool.cache, cached)] : [toSpec(tool, traits)],
  );
}

function toSpec({ name, description, schema, strict }: ToolDefinition, { strictTools }: ModelTraits): JsonObject {
  return {
    toolSpec: {
      name,
      ...(description === undefined || description.trim() === '' ? {} : { description }),
      inputSchema: { json: { type: 'object', ...schema } },
      ...(strict && strictTools ? { strict } : {}),
    },
  };
}

function toolAdjustments(tools: readonly ToolDefinition[], traits: ModelTraits): readonly Adjustment[] {
  const { cache, ...others } = traits;
  return [
    ...(!traits.strictTools && tools.some(({ strict }) => strict) ? adjusted('strict', 'dropped') : []),
    ...cacheAdjustments(tools, cache?.tools ? traits : others),
  ];
}

function withAdjustments(plan: ToolPlan, more: readonly Adjustment[]): ToolPlan {
  return more.length === 0 ? plan : { ...plan, adjustments: [...(plan.adjustments ?? []), ...more] };
}
