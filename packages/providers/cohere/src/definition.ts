import type { ProviderDefinition, ProviderDeps } from '@sluice/contract';
import { jsonHeaders, withBearerToken } from '@sluice/toolkit';
import { createChat } from './chat/operation.js';
import { classify } from './classify.js';
import { createEmbed } from './embed.js';
import { createModelListing } from './models.js';
import { createRawApi } from './raw.js';
import { createRerank } from './rerank.js';
import { cohereSettings } from './settings.js';
import type { CohereSettings } from './settings.js';

/** The Cohere API, version 2. https://docs.cohere.com/reference/about */
export const cohere = {
  kind: 'cohere',
  contractVersion: 1,
  settings: cohereSettings,
  create(settings: CohereSettings, deps: Pick<ProviderDeps, 'secret'>) {
    // The models are listed by version 1, everything else is version 2: the adapter names the version itself.
    const baseUrl = new URL(settings.baseUrl.replace(/\/v[12]\/*$/, ''));
    const headers = jsonHeaders(settings.headers);
    return {
      baseUrl,
      operations: { chat: createChat(headers), embed: createEmbed(headers), rerank: createRerank(headers) },
      models: createModelListing(baseUrl, headers),
      raw: createRawApi(headers),
      authorize: (request) => withBearerToken(request, settings.apiKey, deps),
      classify,
    };
  },
} as const satisfies ProviderDefinition<CohereSettings>;
