import type {
  Adjustment,
  ChatRequest,
  JsonObject,
  ResponseFormat,
  Target,
  ToolChoice,
  ToolDefinition,
} from '@sluice/contract';
import { droppedExtensions, extensionsFor } from '@sluice/toolkit';
import { OPENAI_CHAT } from '@sluice/toolkit/openai-wire';
import { writeMessages } from './messages.js';
import type { DialectTweaks } from '../tweaks.js';

export interface EncodedBody {
  readonly body: string;
  readonly adjustments: readonly Adjustment[];
}

/** A request in the dialect's form. What the vendor or the model cannot take stands in `adjustments`. */
export function encodeChat(request: ChatRequest, target: Target, tweaks: DialectTweaks): EncodedBody {
  const { messages, adjustments } = writeMessages(request, tweaks);
  const fields = writeFields(request, tweaks);
  const refused = (tweaks.refusedFields?.(target.model) ?? []).filter((name) => fields[name] !== undefined);
  const kept =
    refused.length === 0 ? fields : { ...fields, ...Object.fromEntries(refused.map((name) => [name, undefined])) };
  return {
    body: JSON.stringify({ model: target.model, messages, ...kept }),
    adjustments: [
      ...adjustments,
      ...(request.topK === undefined ? [] : [dropped('top_k')]),
      ...(request.reasoning?.budgetTokens === undefined ? [] : [dropped('reasoning.budget_tokens')]),
      ...refused.map(dropped),
      ...droppedExtensions(request, OPENAI_CHAT),
    ],
  };
}

/** Fields that stay `undefined` are not written. */
function writeFields(request: ChatRequest, { maxTokensField }: DialectTweaks): JsonObject {
  return {
    ...extensionsFor(request, OPENAI_CHAT),
    [maxTokensField]: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    stop: request.stop,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    tools: request.tools?.map(writeTool),
    tool_choice: request.toolChoice && writeToolChoice(request.toolChoice),
    parallel_tool_calls: request.parallelToolCalls,
    response_format: request.responseFormat && writeResponseFormat(request.responseFormat),
    reasoning_effort: request.reasoning?.effort,
    user: request.user,
    ...(request.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
}

function writeTool({ name, description, schema, strict }: ToolDefinition): JsonObject {
  return { type: 'function', function: { name, description, parameters: schema, strict } };
}

function writeToolChoice(choice: ToolChoice): string | JsonObject {
  return choice.type === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.type;
}

function writeResponseFormat(format: ResponseFormat): JsonObject {
  switch (format.type) {
    case 'text':
      return { type: 'text' };
    case 'json':
      return { type: 'json_object' };
    case 'json-schema': {
      const { name, description, schema, strict } = format;
      return { type: 'json_schema', json_schema: { name, description, schema, strict } };
    }
  }
}

function dropped(parameter: string): Adjustment {
  return { parameter, action: 'dropped' };
}
