import { SIMULATOR_MODELS } from './models.js';
import { anthropicMessages } from './wires/anthropic-messages.js';
import { openAiChat } from './wires/openai-chat.js';
import { openAiEmbeddings } from './wires/openai-embeddings.js';
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from './question.js';
import type { Wire } from './wires/wire.js';

/** The simulator began with this second, and says so in every answer: the same requests give the same bytes. */
export const CREATED_SECONDS = 1_767_225_600;

/** Endpoints that take a question, by path. A further dialect is one more line. */
export const WIRES: Readonly<Record<string, Wire>> = {
  '/v1/chat/completions': openAiChat,
  '/v1/embeddings': openAiEmbeddings,
  '/v1/messages': anthropicMessages,
};

export const MODELS_PATH = '/v1/models';

/** The wire in which a path's errors are told; Anthropic clients are known by their version header elsewhere. */
export function wireFor(path: string, headers: IncomingHttpHeaders): Wire {
  return WIRES[path] ?? (isAnthropicCaller(headers) ? anthropicMessages : openAiChat);
}

/** `GET /v1/models`, in the form of the caller's SDK. */
export function listModels(headers: IncomingHttpHeaders): JsonObject {
  if (!isAnthropicCaller(headers)) {
    const data = SIMULATOR_MODELS.map(({ id, description }) => ({
      id,
      object: 'model',
      created: CREATED_SECONDS,
      owned_by: 'sluice-simulator',
      description,
    }));
    return { object: 'list', data };
  }
  const createdAt = new Date(CREATED_SECONDS * 1000).toISOString();
  const data = SIMULATOR_MODELS.map(({ id, description }) => ({
    type: 'model',
    id,
    display_name: description,
    created_at: createdAt,
  }));
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

function isAnthropicCaller(headers: IncomingHttpHeaders): boolean {
  return headers['anthropic-version'] !== undefined;
}
