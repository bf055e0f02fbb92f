import type { Adjustment, ChatRequest, JsonObject, ToolChoice, ToolDefinition } from '@sluice/contract';
import { dropped, namedTools } from '@sluice/toolkit';
import type { Plan } from './plan.js';

/** https://docs.cohere.com/docs/tool-use-usage-patterns: one at a time cannot be asked for. */
export function planTools(request: ChatRequest): Plan {
  const { tools = [], toolChoice: choice, parallelToolCalls } = request;
  const serial = dropped('parallel_tool_calls', parallelToolCalls === false ? parallelToolCalls : undefined);
  if (tools.length === 0) {
    const isForced = choice?.type === 'required' || choice?.type === 'tool';
    return { fields: {}, adjustments: [...dropped('tool_choice', isForced ? choice : undefined), ...serial] };
  }
  const shown = choice?.type === 'tool' ? namedTools(tools, choice.name) : tools;
  const isStrict = shown.every(isStrictTool);
  return {
    fields: {
      tools: shown.map(writeTool),
      tool_choice: writeChoice(choice),
      strict_tools: isStrict ? true : undefined,
    },
    adjustments: [
      ...(choice?.type === 'tool' ? [EMULATED] : []),
      ...dropped('tools.strict', isStrict ? undefined : shown.find(({ strict }) => strict)),
      ...serial,
    ],
  };
}

/** A choice by name becomes a choice of one. */
const EMULATED: Adjustment = { parameter: 'tool_choice', action: 'emulated' };

function writeChoice(choice: ToolChoice | undefined): string | undefined {
  switch (choice?.type) {
    case 'none':
      return 'NONE';
    case 'required':
    case 'tool':
      return 'REQUIRED';
    case 'auto':
    case undefined:
      return undefined;
  }
}

function writeTool({ name, description, schema }: ToolDefinition): JsonObject {
  return { type: 'function', function: { name, description, parameters: { type: 'object', ...schema } } };
}

/**
 * All tools are strict or none is, and then each has at least one parameter that it needs.
 * https://docs.cohere.com/v2/docs/structured-outputs
 */
function isStrictTool({ strict, schema }: ToolDefinition): boolean {
  return strict === true && Array.isArray(schema.required) && schema.required.length > 0;
}
