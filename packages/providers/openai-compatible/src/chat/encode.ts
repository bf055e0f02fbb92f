import type { Adjustment, ChatRequest, JsonObject, ResponseFormat, Target } from '@sluice/contract';
import { droppedExtensions, extensionsFor } from '@sluice/toolkit';
import { OPENAI_CHAT } from '@sluice/toolkit/openai-wire';
import { createLosses } from './losses.js';
import { writeMessages } from './messages.js';
import type { Writing } from './parts.js';
import { merged, writeReasoningWish } from './reasoning.js';
import { writeTools } from './tools.js';
import { fieldsFor, refusedBy } from '../foreign-fields.js';
import type { ServerRules } from '../rules.js';
import type { Server } from '../server.js';

type ChatServer = Pick<Server, 'rules' | 'nameOf'>;

export interface EncodedBody {
  readonly body: string;
  readonly adjustments: readonly Adjustment[];
}

/** A request in the dialect's form. What the vendor or the model cannot take stands in `adjustments`. */
export function encodeChat(request: ChatRequest, target: Target, { rules, nameOf }: ChatServer): EncodedBody {
  const { fields, adjustments } = writeChat(request, target, rules);
  return { body: JSON.stringify({ model: nameOf(target.model), ...fields }), adjustments };
}

export interface WrittenChat {
  /** The members of the body but for the model. Those that are `undefined` are not there. */
  readonly fields: JsonObject;
  readonly adjustments: readonly Adjustment[];
}

/** {@link encodeChat} before it is text, for a vendor whose form is nearly the dialect's. */
export function writeChat(request: ChatRequest, target: Target, rules: ServerRules): WrittenChat {
  const writing: Writing = { rules, losses: createLosses(), marks: marksFor(rules, target) };
  const messages = writeMessages(request, writing);
  const refused = refusedBy(rules, target);
  const { fields, dropped } = fieldsFor({ ...rules, refused }, writeFields(request, writing));
  return {
    fields: { messages, ...fields },
    adjustments: [...writing.losses.list(), ...dropped, ...droppedExtensions(request, OPENAI_CHAT)],
  };
}

function marksFor({ cacheMarks: rule }: ServerRules, { model }: Target): Writing['marks'] {
  return rule?.models?.test(model) === false ? undefined : rule?.form;
}

/** Fields that stay `undefined` are not written. */
function writeFields(request: ChatRequest, writing: Writing): JsonObject {
  const { stream, logprobs } = request;
  if (request.topK !== undefined && !writing.rules.topK) writing.losses.note('top_k', 'dropped');
  const wish = writeReasoningWish(request.reasoning, writing);
  return {
    ...merged([writing.rules.extra ?? {}, ownExtensions(request, writing), wish]),
    ...(endsInAnswer(request) ? writing.rules.prefill?.fields : {}),
    [writing.rules.maxTokensField]: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: writing.rules.topK ? request.topK : undefined,
    stop: request.stop,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    logprobs: logprobs && true,
    top_logprobs: logprobs && logprobs.top > 0 ? logprobs.top : undefined,
    ...writeTools(request, writing),
    response_format: request.responseFormat && writeResponseFormat(request.responseFormat, writing.rules),
    verbosity: request.verbosity,
    service_tier: request.serviceTier === undefined ? undefined : tierOf(request.serviceTier, writing),
    prompt_cache_key: request.promptCacheKey,
    user: request.user,
    ...(stream ? { stream: true } : {}),
    ...(stream && writing.rules.streamOptions ? { stream_options: { include_usage: true } } : {}),
  };
}

/** Whether the last message is the assistant's and calls no tool: an answer that was begun. */
export function endsInAnswer({ messages }: Pick<ChatRequest, 'messages'>): boolean {
  const last = messages.at(-1);
  return last?.role === 'assistant' && last.content.every(({ type }) => type !== 'tool-call');
}

function tierOf(tier: string, { rules, losses }: Writing): string | undefined {
  const known = rules.serviceTiers ? rules.serviceTiers[tier] : tier;
  if (known !== tier) losses.note('service_tier', known === undefined ? 'dropped' : 'changed');
  return known;
}

/** A name with a dot is a nested field: one of a message or a tool went back where it stood, others have no place. */
function ownExtensions(request: ChatRequest, { losses }: Writing): JsonObject {
  const own = Object.entries(extensionsFor(request, OPENAI_CHAT));
  for (const [name] of own) if (name.includes('.') && !/^(?:messages|tools)\./.test(name)) losses.note(name, 'dropped');
  return Object.fromEntries(own.filter(([name]) => !name.includes('.')));
}

const ANY_OBJECT = { type: 'json_schema', json_schema: { name: 'json', schema: { type: 'object' } } } as const;

function writeResponseFormat(format: ResponseFormat, { schemas, plainJson }: ServerRules): JsonObject {
  switch (format.type) {
    case 'text':
      return { type: 'text' };
    case 'json':
      return plainJson ? ANY_OBJECT : { type: 'json_object' };
    case 'json-schema': {
      if (schemas === 'json_object') return { type: 'json_object' };
      const { name, description, schema, strict } = format;
      return { type: 'json_schema', json_schema: { name, description, schema, strict } };
    }
  }
}
