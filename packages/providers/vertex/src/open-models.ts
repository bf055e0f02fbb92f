import type { StreamedChat } from '@sluice/provider-google/internal';
import { OPEN_MODELS, createChatOperation, createHeaderWriter } from '@sluice/provider-openai-compatible/internal';
import type { ServerRules } from '@sluice/provider-openai-compatible/internal';
import type { Account } from './account.js';
import { inLocation, toApiUrl } from './address.js';
import { readModel } from './model.js';

const RULES: ServerRules = { ...OPEN_MODELS, completions: false };

/**
 * The open models that Vertex AI serves for other publishers, all at one endpoint in OpenAI's form.
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/maas/call-open-model-apis
 */
export function createOpenModelChat(account: Account): StreamedChat {
  const chat = createChatOperation({
    rules: RULES,
    headers: createHeaderWriter(account.headers),
    locate: ({ baseUrl }, path) => toApiUrl(baseUrl, 'v1', inLocation(account, `endpoints/openapi/${path}`)),
    nameOf: (model) => readModel(model).id,
  });
  const serves = (model: string): boolean => readModel(model).wire === 'openai';
  return { ...chat, passthroughs: (chat.passthroughs ?? []).map((passthrough) => ({ ...passthrough, serves })) };
}
