import type { ChatRequest, ToolChoice, ToolDefinition, VendorState } from '@sluice/contract';
import { ownFields, ownState, readCommon, restOf } from '@sluice/toolkit/anthropic-wire';
import type { Extras } from './extras.js';
import type { WireCall, WireTool, WireToolChoice } from './wire-types.js';

const KNOWN: ReadonlySet<string> = new Set(['type', 'name', 'description', 'input_schema', 'strict']);
const KNOWN_CHOICE: ReadonlySet<string> = new Set(['type', 'name', 'disable_parallel_tool_use']);

/** True for a tool that the vendor runs, or whose input it knows. */
export function isVendorTool({ type }: Pick<WireTool, 'type'>): boolean {
  return typeof type === 'string' && type !== 'custom';
}

/** The caller's tools, those of the vendor's own, and which may be called. */
export function toToolFields({ tools = [], tool_choice: choice }: WireCall, extras: Extras): Partial<ChatRequest> {
  const own = tools.filter((tool) => !isVendorTool(tool)).map((tool) => toTool(tool, extras));
  const vendorTools = toVendorTools(tools);
  if (choice) extras.add('tool_choice.', restOf(choice, KNOWN_CHOICE));
  return {
    ...(own.length === 0 ? {} : { tools: own }),
    ...(vendorTools.length === 0 ? {} : { vendorTools }),
    ...(choice === undefined ? {} : { toolChoice: toToolChoice(choice) }),
    ...(choice?.disable_parallel_tool_use ? { parallelToolCalls: false } : {}),
  };
}

/** Each with the number of the caller's tools before it: a cache mark on one counts all that stand in front. */
function toVendorTools(tools: readonly WireTool[]): readonly VendorState[] {
  let after = 0;
  return tools.flatMap((tool) => {
    if (isVendorTool(tool)) return [ownState({ tool, after })];
    after += 1;
    return [];
  });
}

function toTool(tool: WireTool, extras: Extras): ToolDefinition {
  const common = readCommon(tool, { known: KNOWN });
  extras.add('tools.', ownFields(common.opaque));
  return {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    schema: tool.input_schema,
    ...(tool.strict === undefined ? {} : { strict: tool.strict }),
    ...common,
  };
}

function toToolChoice({ type, name }: WireToolChoice): ToolChoice {
  if (type === 'tool' && name !== undefined) return { type, name };
  return { type: type === 'any' ? 'required' : type === 'none' ? 'none' : 'auto' };
}
