import type { ChatRequest, JsonObject, ToolDefinition, VendorState } from '@sluice/contract';
import { adjusted, dropped, isJsonObject } from '@sluice/toolkit';
import { ownData, ownFields, writeCacheMark } from '@sluice/toolkit/anthropic-wire';
import { holdStrictTools } from './held-schema.js';
import type { Plan } from './plan.js';

/** The caller's tools, the vendor's own at their places among them, and the choice. */
export function planTools(request: ChatRequest): Plan {
  const { toolChoice, parallelToolCalls, vendorTools = [] } = request;
  const held = holdStrictTools(request.tools ?? []);
  const tools = writeTools(held.tools, vendorTools);
  const foreign = vendorTools.filter((tool) => !ownData(tool)).flatMap((tool) => adjusted(nameOf(tool), 'dropped'));
  if (tools.length === 0) {
    const lost = [...dropped('tool_choice', toolChoice), ...dropped('parallel_tool_calls', parallelToolCalls)];
    return { fields: {}, adjustments: [...foreign, ...lost] };
  }
  const choice = writeToolChoice(toolChoice, parallelToolCalls === false);
  return {
    fields: { tools, ...(choice ? { tool_choice: choice } : {}) },
    adjustments: [...foreign, ...held.adjustments],
  };
}

/** The vendor's own tools carry the number of the caller's that stood before them: a cache mark counts from the front. */
function writeTools(tools: readonly ToolDefinition[], vendorTools: readonly VendorState[]): readonly JsonObject[] {
  const written: JsonObject[] = tools.map(writeTool);
  let placed = 0;
  for (const state of vendorTools) {
    const { tool, after } = ownData(state) ?? {};
    if (!isJsonObject(tool)) continue;
    const place = typeof after === 'number' ? Math.min(after, tools.length) : tools.length;
    written.splice(place + placed, 0, tool);
    placed += 1;
  }
  return written;
}

function writeTool({ name, description, schema, strict, cache, opaque }: ToolDefinition): JsonObject {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: schema.type === undefined ? { type: 'object', ...schema } : schema,
    ...(strict ? { strict } : {}),
    ...ownFields(opaque),
    ...writeCacheMark(cache),
  };
}

function writeToolChoice(choice: ChatRequest['toolChoice'], oneAtATime: boolean): JsonObject | undefined {
  if (choice?.type === 'none') return { type: 'none' };
  if (!choice && !oneAtATime) return undefined;
  const one = oneAtATime ? { disable_parallel_tool_use: true } : {};
  if (choice?.type === 'tool') return { type: 'tool', name: choice.name, ...one };
  return { type: choice?.type === 'required' ? 'any' : 'auto', ...one };
}

/** A foreign tool by its type, as most vendors name theirs. */
function nameOf({ data }: VendorState): string {
  return isJsonObject(data) && typeof data.type === 'string' ? `tools.${data.type}` : 'tools';
}
