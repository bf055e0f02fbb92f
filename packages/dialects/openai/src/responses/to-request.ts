import type {
  ChatRequest,
  JsonObject,
  Message,
  ResponseFormat,
  ToolChoice,
  ToolDefinition,
  VendorState,
} from '@sluice/contract';
import { given } from '@sluice/toolkit';
import { OPENAI_RESPONSES } from '@sluice/toolkit/openai-wire';
import type { ResponsesWire, WireTool } from './schema.js';
import { toMessages } from './to-messages.js';

/** Fields with a place of their own in a {@link ChatRequest}, or that concern the gateway alone. */
const TRANSLATED: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'previous_response_id',
  'stream',
  'stream_options',
  'store',
  'background',
  'include',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'metadata',
  'service_tier',
  'user',
  'prompt_cache_key',
]);

/** `truncation: disabled` is what every other dialect does by itself. */
const ASKS_NOTHING: Readonly<Record<string, unknown>> = { truncation: 'disabled' };

/** A checked body without its dialect. Throws `invalid_value` for content that no other dialect could say. */
export function toResponsesRequest(wire: ResponsesWire): ChatRequest {
  const fields = readExtensions(wire);
  return {
    messages: readMessages(wire),
    stream: wire.stream === true,
    ...given('maxOutputTokens', wire.max_output_tokens),
    ...given('temperature', wire.temperature),
    ...given('topP', wire.top_p),
    ...readTools(wire),
    ...given('parallelToolCalls', wire.parallel_tool_calls),
    ...given('responseFormat', wire.text?.format && toFormat(wire.text.format)),
    ...given('verbosity', wire.text?.verbosity),
    ...given('reasoning', readReasoning(wire.reasoning)),
    ...given('logprobs', readLogprobs(wire)),
    ...given('serviceTier', wire.service_tier),
    ...given('promptCacheKey', wire.prompt_cache_key),
    ...given('user', wire.user ?? wire.safety_identifier),
    ...given('extensions', fields && { dialect: OPENAI_RESPONSES, fields }),
  };
}

function readMessages({ instructions, input }: ResponsesWire): readonly Message[] {
  const system: readonly Message[] = instructions
    ? [{ role: 'system', content: [{ type: 'text', text: instructions }] }]
    : [];
  if (typeof input === 'string') return [...system, { role: 'user', content: [{ type: 'text', text: input }] }];
  return [...system, ...toMessages(input ?? [])];
}

function readTools({ tools, tool_choice: choice }: ResponsesWire): Partial<ChatRequest> {
  const callable = tools?.flatMap(toTool) ?? [];
  const hosted = tools?.filter(({ type }) => type !== 'function' && type !== 'custom').map(toVendorTool) ?? [];
  return {
    ...(callable.length > 0 ? { tools: callable } : {}),
    ...(hosted.length > 0 ? { vendorTools: hosted } : {}),
    ...given('toolChoice', choice && toToolChoice(choice)),
  };
}

function toTool(tool: WireTool): readonly ToolDefinition[] {
  if (tool.type === 'custom') return [toFreeText(tool)];
  if (tool.type !== 'function') return [];
  const { name, description, parameters, strict } = tool as Extract<WireTool, { type: 'function' }>;
  return [
    {
      name,
      schema: (parameters as JsonObject | null | undefined) ?? { type: 'object', properties: {} },
      ...given('description', description),
      ...given('strict', strict),
    },
  ];
}

const FREE_TEXT: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
  additionalProperties: false,
};

/** The grammar, where there is one, is told in words: it is what the tool's own description relies on. */
function toFreeText({ name, description, format }: WireTool): ToolDefinition {
  const { syntax, definition } = (format ?? {}) as { readonly syntax?: unknown; readonly definition?: unknown };
  const grammar =
    typeof definition === 'string' ? `\n\n"input" follows this ${String(syntax)} grammar:\n${definition}` : '';
  const text = typeof description === 'string' ? description : '';
  return { name: String(name), description: `${text}${grammar}`.trim(), schema: FREE_TEXT };
}

function toVendorTool(data: WireTool): VendorState {
  return { kind: OPENAI_RESPONSES, data };
}

function toToolChoice(choice: NonNullable<ResponsesWire['tool_choice']>): ToolChoice | undefined {
  if (typeof choice === 'string') return { type: choice };
  if ((choice.type === 'function' || choice.type === 'custom') && choice.name)
    return { type: 'tool', name: choice.name };
  if (choice.type === 'allowed_tools') return choice.mode === 'required' ? { type: 'required' } : { type: 'auto' };
  return undefined;
}

function toFormat(format: NonNullable<NonNullable<ResponsesWire['text']>['format']>): ResponseFormat {
  switch (format.type) {
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json' };
    case 'json_schema': {
      const { name, schema, description, strict } = format;
      return { type: 'json-schema', name, schema, ...given('description', description), ...given('strict', strict) };
    }
  }
}

function readReasoning(reasoning: ResponsesWire['reasoning']): ChatRequest['reasoning'] {
  if (!reasoning?.effort && !reasoning?.summary) return undefined;
  return { ...given('effort', reasoning.effort), ...given('summary', reasoning.summary) };
}

function readLogprobs({ include, top_logprobs: top }: ResponsesWire): ChatRequest['logprobs'] {
  const asked = include?.includes('message.output_text.logprobs') || (top ?? 0) > 0;
  return asked ? { top: top ?? 0 } : undefined;
}

function readExtensions(wire: ResponsesWire): JsonObject | undefined {
  const fields = Object.entries(wire).filter(
    ([name, value]) =>
      !TRANSLATED.has(name) &&
      value !== undefined &&
      value !== null &&
      ASKS_NOTHING[name] !== value &&
      !(name === 'safety_identifier' && !wire.user),
  );
  const choice = wire.tool_choice;
  if (typeof choice === 'object' && choice && toToolChoice(choice) === undefined) fields.push(['tool_choice', choice]);
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}
