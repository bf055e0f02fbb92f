import type { Adjustment, ChatRequest, JsonObject, ResponseFormat } from '@sluice/contract';
import { given } from '@sluice/toolkit';
import { OPENAI_CHAT } from '@sluice/toolkit/openai-wire';
import { toMessages } from './chat-messages.js';
import { REASONING_FIELDS, readReasoningWish } from './chat-reasoning.js';
import type { ChatWire } from './chat-schema.js';
import { isChoiceEmulated, readTools } from './chat-tools.js';
import { createExtras } from './extras.js';
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
  'n',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'logprobs',
  'top_logprobs',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'functions',
  'function_call',
  'response_format',
  'reasoning_effort',
  ...REASONING_FIELDS,
  'verbosity',
  'service_tier',
  'prompt_cache_key',
  'user',
]);

/**
 * A checked body without its dialect. Throws `invalid_value` for content that no other dialect could say, and for more
 * than one choice, which no other has.
 */
export function toChatRequest(wire: ChatWire): ChatRequest {
  if ((wire.n ?? 1) > 1) throw untranslatable(['n'], 'a request for more than one choice');
  const extras = createExtras();
  const request: ChatRequest = {
    messages: toMessages(wire.messages, extras),
    stream: wire.stream === true,
    ...readSampling(wire),
    ...readTools(wire, extras),
    ...given('responseFormat', wire.response_format && toResponseFormat(wire.response_format)),
    ...given('reasoning', readReasoningWish(wire, extras)),
    ...given('verbosity', wire.verbosity),
    ...given('logprobs', wire.logprobs ? { top: wire.top_logprobs ?? 0 } : undefined),
    ...given('serviceTier', wire.service_tier),
    ...given('promptCacheKey', wire.prompt_cache_key),
    ...given('user', wire.user),
  };
  if (wire.stream_options?.include_obfuscation) extras.note('stream_options.include_obfuscation', true);
  const fields = readExtensions(wire, extras.fields());
  return fields ? { ...request, extensions: { dialect: OPENAI_CHAT, fields } } : request;
}

/** What the canonical form says in another way. */
export function adjustmentsOf(wire: ChatWire): readonly Adjustment[] {
  return [
    ...(isChoiceEmulated(wire) ? [{ parameter: 'tool_choice', action: 'emulated' } as const] : []),
    ...(wire.messages.some(asksForOriginal) ? [{ parameter: 'image_url.detail', action: 'changed' } as const] : []),
  ];
}

function asksForOriginal({ role, content }: ChatWire['messages'][number]): boolean {
  if ((role !== 'user' && role !== 'tool') || typeof content === 'string') return false;
  return content.some((part) => part.type === 'image_url' && part.image_url.detail === 'original');
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

/** What the caller asked for beyond the translated fields. */
function readExtensions(wire: ChatWire, nested: JsonObject): JsonObject | undefined {
  const own = Object.entries(wire).filter(
    ([name, value]) => !TRANSLATED.has(name) && value !== undefined && value !== null,
  );
  const fields = { ...Object.fromEntries(own), ...nested };
  return Object.keys(fields).length === 0 ? undefined : fields;
}
