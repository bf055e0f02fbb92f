import type { Provider, ProviderDefinition, ProviderDeps } from '@sluice/contract';
import { authorize } from './authorize.js';
import { createChat } from './chat/operation.js';
import { classify } from './classify.js';
import { createCountTokens } from './count-tokens.js';
import { createEmbed } from './embed.js';
import { toHeaders } from './headers.js';
import { createImages } from './images.js';
import { createRerank } from './rerank.js';
import { createRawApi } from './raw.js';
import { toBaseUrl, toRegion } from './region.js';
import { bedrockSettings } from './settings.js';
import type { BedrockSettings } from './settings.js';

/** Adapter for Amazon Bedrock's runtime: Converse, and InvokeModel for embeddings, pictures and rankings. */
export const bedrock: ProviderDefinition<BedrockSettings> = {
  kind: 'bedrock',
  contractVersion: 1,
  settings: bedrockSettings,
  create: createProvider,
};

function createProvider(settings: BedrockSettings, deps: ProviderDeps): Provider {
  const headers = toHeaders(settings.headers);
  return {
    baseUrl: settings.baseUrl === undefined ? toBaseUrl(toRegion(settings) ?? '') : new URL(settings.baseUrl),
    operations: {
      chat: createChat(headers),
      embed: createEmbed(headers),
      countTokens: createCountTokens(headers),
      image: createImages(headers),
      rerank: createRerank(headers),
    },
    raw: createRawApi(headers),
    authorize: (request) => authorize(request, settings, deps),
    classify,
  };
}
