import type { Adjustment, ChatRequest, JsonObject, ToolDefinition } from '@sluice/contract';
import { changed, dropped, namedTools } from '@sluice/toolkit';

export interface ToolPlan {
  readonly field: readonly JsonObject[] | undefined;
  readonly adjustments: readonly Adjustment[];
}

/**
 * The tools as far as the caller's choice lets the model see them: the server has no field for a choice. That a call is
 * forced, or that there is one at a time, cannot be said at all. https://docs.ollama.com/capabilities/tool-calling
 */
export function planTools(request: ChatRequest): ToolPlan {
  const { toolChoice: choice, tools = [] } = request;
  const rest = lostOf(request);
  if (tools.length === 0) {
    const isForced = choice?.type === 'required' || choice?.type === 'tool';
    return { field: undefined, adjustments: [...dropped('tool_choice', isForced ? choice : undefined), ...rest] };
  }
  switch (choice?.type) {
    case 'none':
      return { field: undefined, adjustments: [EMULATED, ...rest] };
    case 'required':
      return { field: tools.map(writeTool), adjustments: [...dropped('tool_choice', choice), ...rest] };
    case 'tool':
      return {
        field: namedTools(tools, choice.name).map(writeTool),
        adjustments: [...changed('tool_choice', true), ...rest],
      };
    case 'auto':
    case undefined:
      return { field: tools.map(writeTool), adjustments: rest };
  }
}

/** Tools that are not shown are not called. */
const EMULATED: Adjustment = { parameter: 'tool_choice', action: 'emulated' };

/** Templates of models go through the properties, which must be there for that. */
function writeTool({ name, description, schema }: ToolDefinition): JsonObject {
  const parameters = { type: 'object', properties: {}, ...schema };
  return { type: 'function', function: { name, description, parameters } };
}

function lostOf({ tools = [], parallelToolCalls }: ChatRequest): readonly Adjustment[] {
  return [
    ...dropped(
      'tools.strict',
      tools.find(({ strict }) => strict),
    ),
    ...dropped('parallel_tool_calls', parallelToolCalls === false ? parallelToolCalls : undefined),
  ];
}
