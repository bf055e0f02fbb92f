import type { ChatRequest, JsonObject, ResponseFormat, ToolChoice, ToolDefinition } from '@sluice/contract';
import { OPENAI_CHAT } from '@sluice/toolkit/openai-wire';
import { toMessage } from './chat-messages.js';
import type { ChatWire } from './chat-schema.js';
import { untranslatable } from './untranslatable.js';

/** Fields with a place of their own in a {@link ChatRequest}. */
const TRANSLATED: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'user',
]);

/** A checked body without its dialect. Throws `invalid_value` for content that no other dialect could say. */
export function toChatRequest(wire: ChatWire): ChatRequest {
  const fields = readExtensions(wire);
  return {
    messages: wire.messages.map(toMessage),
    stream: wire.stream === true,
    ...readSampling(wire),
    ...readTools(wire),
    ...given('responseFormat', wire.response_format && toResponseFormat(wire.response_format)),
    ...given('reasoning', wire.reasoning_effort && { effort: wire.reasoning_effort }),
    ...given('user', wire.user),
    ...given('extensions', fields && { dialect: OPENAI_CHAT, fields }),
  };
}

function readSampling(wire: ChatWire): Partial<ChatRequest> {
  return {
    ...given('maxOutputTokens', wire.max_completion_tokens ?? wire.max_tokens),
    ...given('temperature', wire.temperature),
    ...given('topP', wire.top_p),
    // Servers that know it take 0 and -1 for "all", which is what absence says.
    ...given('topK', wire.top_k && wire.top_k > 0 ? wire.top_k : undefined),
    ...given('stop', typeof wire.stop === 'string' ? [wire.stop] : wire.stop),
    ...given('seed', wire.seed),
    ...given('frequencyPenalty', wire.frequency_penalty),
    ...given('presencePenalty', wire.presence_penalty),
  };
}

function readTools(wire: ChatWire): Partial<ChatRequest> {
  return {
    ...given('tools', wire.tools?.map(toTool)),
    ...given('toolChoice', wire.tool_choice && toToolChoice(wire.tool_choice)),
    ...given('parallelToolCalls', wire.parallel_tool_calls),
  };
}

function toTool(tool: NonNullable<ChatWire['tools']>[number], position: number): ToolDefinition {
  if (tool.type === 'custom') throw untranslatable(['tools', position], 'a custom tool');
  const { name, description, parameters, strict } = tool.function;
  return {
    name,
    schema: parameters ?? { type: 'object', properties: {} },
    ...given('description', description),
    ...given('strict', strict),
  };
}

function toToolChoice(choice: NonNullable<ChatWire['tool_choice']>): ToolChoice {
  if (choice === 'any') return { type: 'required' };
  if (typeof choice === 'string') return { type: choice };
  if (choice.type === 'function') return { type: 'tool', name: choice.function.name };
  throw untranslatable(['tool_choice'], `a choice of type "${choice.type}"`);
}

function toResponseFormat(format: NonNullable<ChatWire['response_format']>): ResponseFormat {
  switch (format.type) {
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json' };
    case 'json_schema': {
      const { name, schema, description, strict } = format.json_schema;
      return {
        type: 'json-schema',
        name,
        schema: schema ?? {},
        ...given('description', description),
        ...given('strict', strict),
      };
    }
  }
}

/** What the caller asked for beyond the translated fields. One choice is what every dialect gives. */
function readExtensions(wire: ChatWire): JsonObject | undefined {
  const fields = Object.entries(wire).filter(
    ([name, value]) => !TRANSLATED.has(name) && value !== undefined && value !== null && !(name === 'n' && value === 1),
  );
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

/** `{ [key]: value }`, or nothing where the caller gave none or said `null`. */
function given<Key extends string, Value>(
  key: Key,
  value: Value | null | undefined,
): { readonly [K in Key]?: NonNullable<Value> } {
  return value === undefined || value === null ? {} : ({ [key]: value } as { readonly [K in Key]: NonNullable<Value> });
}
