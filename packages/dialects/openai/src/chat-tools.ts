import type { ChatRequest, ToolChoice, ToolDefinition, VendorState } from '@sluice/contract';
import { given, isJsonObject } from '@sluice/toolkit';
import { OPENAI_CHAT, readCacheMark } from '@sluice/toolkit/openai-wire';
import type { ChatWire } from './chat-schema.js';
import type { Extras } from './extras.js';

type WireTool = NonNullable<ChatWire['tools']>[number];
type WireFunctionTool = Extract<WireTool, { type: 'function' }>;
type WireFunction = NonNullable<ChatWire['functions']>[number];

const TOOL = new Set(['type', 'function', 'cache_control']);

/** What of the tools the canonical form says in another way. */
export function isChoiceEmulated({ tool_choice: choice }: ChatWire): boolean {
  return typeof choice === 'object' && choice?.type === 'allowed_tools';
}

/** Tools and the choice among them. Tools that are no functions are the vendor's own. */
export function readTools(wire: ChatWire, extras: Extras): Partial<ChatRequest> {
  if (wire.functions && !wire.tools) return readFunctions(wire, wire.functions);
  const offered = wire.tools?.filter(({ type }) => type === 'function') as readonly WireFunctionTool[] | undefined;
  const others = wire.tools?.filter(({ type }) => type !== 'function') ?? [];
  const tools = offered?.map((tool) => toTool(tool, extras));
  return {
    ...given('tools', tools && allowedOf(tools, wire.tool_choice)),
    ...given('vendorTools', others.length > 0 ? others.map(toVendorTool) : undefined),
    ...given('toolChoice', wire.tool_choice && toToolChoice(wire.tool_choice)),
    ...given('parallelToolCalls', wire.parallel_tool_calls),
  };
}

function toTool(tool: WireFunctionTool, extras: Extras): ToolDefinition {
  const own = extras.take(tool, TOOL, 'tools');
  return { ...toDefinition(tool.function), ...markOf(tool), ...own };
}

function markOf(tool: WireFunctionTool): ReturnType<typeof readCacheMark> {
  const outer = readCacheMark(tool);
  return outer.cache ? outer : readCacheMark(tool.function);
}

function toDefinition({ name, description, parameters, strict }: WireFunction): ToolDefinition {
  return {
    name,
    schema: parameters ?? { type: 'object', properties: {} },
    ...given('description', description),
    ...given('strict', strict),
  };
}

function toVendorTool(tool: WireTool): VendorState {
  return { kind: OPENAI_CHAT, data: tool };
}

/** Tools as OpenAI first had them: one call in an answer, and never two. */
function readFunctions({ function_call: choice }: ChatWire, functions: readonly WireFunction[]): Partial<ChatRequest> {
  const toolChoice: ToolChoice | undefined =
    typeof choice === 'string' ? { type: choice } : choice ? { type: 'tool', name: choice.name } : undefined;
  return {
    tools: functions.map(toDefinition),
    ...given('toolChoice', toolChoice),
    parallelToolCalls: false,
  };
}

function toToolChoice(choice: NonNullable<ChatWire['tool_choice']>): ToolChoice {
  if (choice === 'any') return { type: 'required' };
  if (typeof choice === 'string') return { type: choice };
  switch (choice.type) {
    case 'function':
      return { type: 'tool', name: choice.function.name };
    case 'custom':
      return { type: 'tool', name: choice.custom.name };
    case 'allowed_tools':
      return { type: choice.allowed_tools.mode };
  }
}

/** Only those that may be called, where a choice narrows them down. */
function allowedOf(tools: readonly ToolDefinition[], choice: ChatWire['tool_choice']): readonly ToolDefinition[] {
  if (typeof choice !== 'object' || choice?.type !== 'allowed_tools') return tools;
  const names = new Set(choice.allowed_tools.tools.map(({ function: called }) => isJsonObject(called) && called.name));
  return tools.filter(({ name }) => names.has(name));
}
