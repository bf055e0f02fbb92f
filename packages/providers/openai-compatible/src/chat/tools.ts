import type { ChatRequest, JsonObject, ToolChoice, ToolDefinition, VendorState } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { OPENAI_CHAT, ownFields } from '@sluice/toolkit/openai-wire';
import { outerMarkOf } from './parts.js';
import type { Writing } from './parts.js';

/** The tools that the server can be offered, and the choice among them. */
export function writeTools(request: ChatRequest, writing: Writing): JsonObject {
  const { tools = [], vendorTools = [], toolChoice, parallelToolCalls } = request;
  const own = vendorTools.flatMap((tool) => writeVendorTool(tool, writing));
  const offered = [...tools.map((tool) => writeTool(tool, writing)), ...own];
  const choice = toolChoice && known(toolChoice, { offered: own.length < vendorTools.length ? offered : [], writing });
  if (offered.length > 0 && choice !== 'no tools') {
    return {
      tools: offered,
      tool_choice: choice && writeToolChoice(choice, own, writing),
      parallel_tool_calls: parallelToolCalls,
    };
  }
  if (offered.length > 0) return {};
  // A choice among no tools is an error to most servers.
  if (toolChoice && toolChoice.type !== 'none') writing.losses.note('tool_choice', 'dropped');
  if (parallelToolCalls) writing.losses.note('parallel_tool_calls', 'dropped');
  return {};
}

interface Offer {
  /** The tools that are left where some are not. */
  readonly offered: readonly JsonObject[];
  readonly writing: Writing;
}

/** The choice as the server knows it. A server that cannot be told to call no tool is offered none. */
function known(choice: ToolChoice, { offered, writing }: Offer): ToolChoice | 'no tools' | undefined {
  const { rules, losses } = writing;
  if (choice.type === 'tool' && offered.length > 0 && !offered.some((tool) => isCalled(tool, choice.name))) {
    losses.note('tool_choice', 'dropped');
    return undefined;
  }
  if (!rules.choices || rules.choices.includes(choice.type)) return choice;
  losses.note('tool_choice', choice.type === 'none' ? 'emulated' : 'dropped');
  return choice.type === 'none' ? 'no tools' : undefined;
}

function isCalled({ function: called, custom }: JsonObject, name: string): boolean {
  return [called, custom].some((tool) => isJsonObject(tool) && tool.name === name);
}

function writeTool({ name, description, schema, strict, cache, opaque }: ToolDefinition, writing: Writing): JsonObject {
  const mark = outerMarkOf(cache, writing);
  const called = { name, description, parameters: schema, strict };
  return { type: 'function', function: called, ...mark, ...ownFields(opaque) };
}

function writeVendorTool({ kind, data }: VendorState, { rules, losses }: Writing): readonly JsonObject[] {
  const tool = isJsonObject(data) ? data : {};
  const isKnown = kind === OPENAI_CHAT && (tool.type !== 'custom' || rules.customTools === true);
  if (isKnown) return [tool];
  losses.note(`tools.${typeof tool.type === 'string' ? tool.type : kind}`, 'dropped');
  return [];
}

function writeToolChoice(choice: ToolChoice, own: readonly JsonObject[], { rules }: Writing): string | JsonObject {
  if (choice.type === 'required') return rules.requiredChoice ?? choice.type;
  if (choice.type !== 'tool') return choice.type;
  const isCustom = own.some(({ custom }) => isJsonObject(custom) && custom.name === choice.name);
  return isCustom
    ? { type: 'custom', custom: { name: choice.name } }
    : { type: 'function', function: { name: choice.name } };
}
