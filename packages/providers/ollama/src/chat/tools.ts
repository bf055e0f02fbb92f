import type { Adjustment, ChatRequest, JsonObject, ToolDefinition } from '@sluice/contract';
import { changed, dropped, untranslatable } from '@sluice/toolkit';

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
  switch (choice?.type) {
    case 'none':
      return { field: undefined, adjustments: [...emulated(tools.length > 0), ...rest] };
    case 'required':
      return { field: write(tools), adjustments: [...dropped('tool_choice', choice), ...rest] };
    case 'tool':
      return { field: write(named(tools, choice.name)), adjustments: [...changed('tool_choice', true), ...rest] };
    case 'auto':
    case undefined:
      return { field: write(tools), adjustments: rest };
  }
}

function named(tools: readonly ToolDefinition[], wanted: string): readonly ToolDefinition[] {
  const found = tools.filter(({ name }) => name === wanted);
  if (found.length === 0) throw untranslatable(`the choice of "${wanted}", which is none of the tools,`, 'tool_choice');
  return found;
}

function write(tools: readonly ToolDefinition[]): ToolPlan['field'] {
  return tools.length === 0 ? undefined : tools.map(writeTool);
}

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

function emulated(isEmulated: boolean): readonly Adjustment[] {
  return isEmulated ? [{ parameter: 'tool_choice', action: 'emulated' }] : [];
}
