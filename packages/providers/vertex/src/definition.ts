import type { Provider, ProviderDefinition, ProviderDeps } from '@sluice/contract';
import { AccessTokenSource, jsonHeaders } from '@sluice/toolkit';
import type { Account } from './account.js';
import { toBaseUrl } from './address.js';
import { createMint } from './auth/mint.js';
import { createChat } from './chat.js';
import { classify } from './classify.js';
import { createCountTokens } from './count-tokens.js';
import { createEmbed } from './embed.js';
import { createImages, createSpeech, createTranscription } from './media.js';
import { createModelListing } from './models.js';
import { createRawApi } from './raw.js';
import { createRerank, toRankingPlace } from './rerank.js';
import { vertexSettings } from './settings.js';
import type { VertexSettings } from './settings.js';

/** Adapter for Vertex AI: Gemini, Claude and open models in a project of Google Cloud. */
export const vertex: ProviderDefinition<VertexSettings> = {
  kind: 'vertex',
  contractVersion: 1,
  settings: vertexSettings,
  create: createProvider,
};

function createProvider(settings: VertexSettings, deps: ProviderDeps): Provider {
  const { project, location } = settings;
  const ownBaseUrl = settings.baseUrl === undefined ? undefined : new URL(settings.baseUrl);
  const baseUrl = ownBaseUrl ?? toBaseUrl(location);
  const account: Account = { project, location, headers: jsonHeaders(settings.headers) };
  const tokens = new AccessTokenSource(createMint(settings, deps), deps.clock);
  return {
    baseUrl,
    operations: {
      chat: createChat(account),
      embed: createEmbed(account),
      countTokens: createCountTokens(account),
      image: createImages(account),
      speech: createSpeech(account),
      transcription: createTranscription(account),
      rerank: createRerank(account, toRankingPlace(location, ownBaseUrl)),
    },
    models: createModelListing(baseUrl, account.headers),
    raw: createRawApi(account),
    async authorize(request, signal) {
      const credentials = await tokens.headers(signal);
      return { ...request, headers: { ...request.headers, ...credentials } };
    },
    classify(failure) {
      if (failure.stage === 'status' && failure.head.status === 401) tokens.refuse();
      return classify(failure);
    },
  };
}
