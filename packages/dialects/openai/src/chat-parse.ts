import type { Adjustment, ChatRequest, Feature, GatewayError, JsonObject, ParsedCall } from '@sluice/contract';
import { gatewayError } from '@sluice/contract';
import { findRefusedName, isJsonObject } from '@sluice/toolkit';
import { wantsReasoning } from './chat-reasoning.js';
import { adjustmentsOf, toChatRequest } from './chat-request.js';
import { chatRequestSchema } from './chat-schema.js';
import type { ChatWire } from './chat-schema.js';
import { createFieldCheck } from './check-fields.js';
import { invalid, refusedName, toInvalid } from './invalid.js';
import { PLAIN_CHAT_FIELDS } from './plain-fields.js';

const check = createFieldCheck(chatRequestSchema, PLAIN_CHAT_FIELDS);

/** Checks a chat request. Throws the first problem found, with its `param`. */
export function parseChat(body: unknown): ParsedCall<ChatRequest> {
  if (!isJsonObject(body)) throw notAnObject();
  const refused = findRefusedName(body);
  if (refused) throw refusedName(refused);
  const checked = check(body);
  if (!checked.success) throw toInvalid(checked.error, body);
  checkOutputLimit(checked.data);
  checkToolResults(checked.data);
  return new ChatCall(body, checked.data);
}

/** A class for its getter: V8 gives an object with one of its own a shape of its own, and keeps that and the body with it. */
class ChatCall implements ParsedCall<ChatRequest> {
  readonly model: string;
  readonly stream: boolean;
  readonly wantsUsage: boolean;
  readonly features: readonly Feature[];
  readonly wire: JsonObject;
  readonly #checked: ChatWire;

  constructor(wire: JsonObject, checked: ChatWire) {
    this.model = checked.model;
    this.stream = checked.stream === true;
    this.wantsUsage = !this.stream || checked.stream_options?.include_usage === true;
    this.features = featuresOf(checked);
    this.wire = wire;
    this.#checked = checked;
  }

  get adjustments(): readonly Adjustment[] {
    return adjustmentsOf(this.#checked);
  }

  toRequest(): ChatRequest {
    return toChatRequest(this.#checked);
  }
}

/** The failure of a body that is JSON, but no object. */
export function notAnObject(): GatewayError {
  return gatewayError('invalid_type', { message: 'The body must be a JSON object.' });
}

function checkOutputLimit({ max_tokens: older, max_completion_tokens: newer }: ChatWire): void {
  if (typeof older !== 'number' || typeof newer !== 'number') return;
  throw invalid('invalid_value', ['max_tokens'], 'it cannot stand beside "max_completion_tokens"');
}

/** Every tool result answers a call that stands before it. */
function checkToolResults({ messages }: ChatWire): void {
  let calls: Set<string> | undefined;
  for (const [i, message] of messages.entries()) {
    if (message.role === 'assistant' && message.tool_calls) {
      calls ??= new Set();
      for (const { id } of message.tool_calls) calls.add(id);
    }
    if (message.role === 'tool' && !calls?.has(message.tool_call_id)) {
      throw invalid('invalid_value', ['messages', i, 'tool_call_id'], 'no tool call before it has this id');
    }
  }
}

const FEATURE_OF_PART: ReadonlyMap<string, Feature> = new Map([
  ['image_url', 'vision'],
  ['file', 'files'],
  ['input_audio', 'audio'],
]);

function featuresOf(wire: ChatWire): readonly Feature[] {
  const features: Feature[] = [];
  if ((wire.tools && wire.tools.length > 0) || (wire.functions && wire.functions.length > 0)) features.push('tools');
  for (const message of wire.messages) addShown(message, features);
  if (wire.modalities?.includes('audio') && !features.includes('audio')) features.push('audio');
  if (wire.response_format?.type === 'json_schema') features.push('json-schema');
  if (wantsReasoning(wire)) features.push('reasoning');
  return features;
}

function addShown({ role, content }: ChatWire['messages'][number], features: Feature[]): void {
  if ((role !== 'user' && role !== 'tool') || typeof content === 'string') return;
  for (const { type } of content) {
    const feature = FEATURE_OF_PART.get(type);
    if (feature && !features.includes(feature)) features.push(feature);
  }
}
