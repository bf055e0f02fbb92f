import { gatewayError } from '@sluice/contract';
import type { ChatRequest, JsonObject, Message, ToolChoice, ToolDefinition } from '@sluice/contract';
import { ANTHROPIC_MESSAGES } from '@sluice/toolkit/anthropic-wire';
import { createExtras } from './extras.js';
import type { Extras } from './extras.js';
import { toMessages, toTexts } from './to-messages.js';
import type { WireCall, WireTool, WireToolChoice } from './wire-types.js';

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'max_tokens',
  'system',
  'stream',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'metadata',
]);
const KNOWN_TOOL: ReadonlySet<string> = new Set(['type', 'name', 'description', 'input_schema', 'strict']);
const KNOWN_BUDGET: ReadonlySet<string> = new Set(['budget_tokens']);
const KNOWN_THINKING: ReadonlySet<string> = new Set(['type', 'budget_tokens']);
const KNOWN_OUTPUT: ReadonlySet<string> = new Set(['effort', 'format']);
const KNOWN_METADATA: ReadonlySet<string> = new Set(['user_id']);

/**
 * A checked body in canonical form. What has no place there is kept under `extensions`, so that a target which loses it
 * says so; what cannot be left out without changing the question is `invalid_value`.
 */
export function toRequest(body: JsonObject): ChatRequest {
  // `messagesSchema` has looked at every field of the type.
  const wire = body as WireCall;
  const extras = createExtras();
  extras.take(wire, KNOWN, '');
  const messages = [...toSystem(wire, extras), ...toMessages(wire.messages, extras)];
  const rest = { ...toSampling(wire), ...toToolFields(wire, extras), ...toOutputFields(wire, extras) };
  const user = toUser(wire, extras);
  const fields = extras.fields();
  return {
    messages,
    stream: wire.stream === true,
    maxOutputTokens: wire.max_tokens,
    ...rest,
    ...(user === undefined ? {} : { user }),
    ...(Object.keys(fields).length === 0 ? {} : { extensions: { dialect: ANTHROPIC_MESSAGES, fields } }),
  };
}

function toSystem({ system }: WireCall, extras: Extras): readonly Message[] {
  if (system === undefined || system.length === 0) return [];
  return [{ role: 'system', content: toTexts(system, { path: 'system', extras }) }];
}

function toSampling(wire: WireCall): Partial<ChatRequest> {
  return {
    ...(wire.temperature === undefined ? {} : { temperature: wire.temperature }),
    ...(wire.top_p === undefined ? {} : { topP: wire.top_p }),
    ...(wire.top_k === undefined ? {} : { topK: wire.top_k }),
    ...(wire.stop_sequences === undefined ? {} : { stop: wire.stop_sequences }),
  };
}

function toToolFields({ tools, tool_choice: choice }: WireCall, extras: Extras): Partial<ChatRequest> {
  return {
    ...(tools === undefined ? {} : { tools: tools.map((tool, i) => toTool(tool, i, extras)) }),
    ...(choice === undefined ? {} : { toolChoice: toToolChoice(choice) }),
    ...(choice?.disable_parallel_tool_use ? { parallelToolCalls: false } : {}),
  };
}

function toTool(tool: WireTool, index: number, extras: Extras): ToolDefinition {
  if ((tool.type ?? 'custom') !== 'custom') {
    const param = `tools.${index}.type`;
    const message = `${param}: A tool of the vendor's own cannot be translated for the provider of this model.`;
    throw gatewayError('invalid_value', { message, details: { param } });
  }
  extras.take(tool, KNOWN_TOOL, 'tools.');
  return {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    schema: tool.input_schema,
    ...(tool.strict === undefined ? {} : { strict: tool.strict }),
  };
}

function toToolChoice({ type, name }: WireToolChoice): ToolChoice {
  if (type === 'tool' && name !== undefined) return { type, name };
  return { type: type === 'any' ? 'required' : type === 'none' ? 'none' : 'auto' };
}

function toOutputFields(wire: WireCall, extras: Extras): Partial<ChatRequest> {
  const { thinking, output_config: output } = wire;
  if (output) extras.take(output, KNOWN_OUTPUT, 'output_config.');
  if (thinking) extras.take(thinking, thinking.type === 'between_tools' ? KNOWN_BUDGET : KNOWN_THINKING, 'thinking.');
  const format = output?.format;
  const reasoning = toReasoning(wire);
  return {
    ...(reasoning ? { reasoning } : {}),
    ...(format ? { responseFormat: { type: 'json-schema', name: 'response', schema: format.schema } } : {}),
  };
}

function toReasoning({ thinking, output_config: output }: WireCall): ChatRequest['reasoning'] {
  if (thinking?.type === 'disabled') return { effort: 'none' };
  const effort = output?.effort ?? undefined;
  if (!thinking && effort === undefined) return undefined;
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(thinking?.budget_tokens === undefined ? {} : { budgetTokens: thinking.budget_tokens }),
  };
}

function toUser({ metadata }: WireCall, extras: Extras): string | undefined {
  if (!metadata) return undefined;
  extras.take(metadata, KNOWN_METADATA, 'metadata.');
  return metadata.user_id ?? undefined;
}
