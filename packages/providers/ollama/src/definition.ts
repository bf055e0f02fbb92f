import type { ProviderDefinition, ProviderDeps } from '@sluice/contract';
import { jsonHeaders, withBearerToken } from '@sluice/toolkit';
import { createChat } from './chat/operation.js';
import { classify } from './classify.js';
import { createEmbed } from './embed.js';
import { createModelListing } from './models.js';
import { createRawApi } from './raw.js';
import { ollamaSettings } from './settings.js';
import type { OllamaSettings } from './settings.js';

/** A server of Ollama, by its native API. */
export const ollama = {
  kind: 'ollama',
  contractVersion: 1,
  settings: ollamaSettings,
  create(settings: OllamaSettings, deps: Pick<ProviderDeps, 'secret'>) {
    const baseUrl = new URL(settings.baseUrl);
    const headers = jsonHeaders(settings.headers);
    return {
      baseUrl,
      operations: { chat: createChat(headers), embed: createEmbed(headers) },
      models: createModelListing(baseUrl, headers),
      raw: createRawApi(headers),
      authorize: (request) => withBearerToken(request, settings.apiKey, deps),
      classify,
    };
  },
} as const satisfies ProviderDefinition<OllamaSettings>;
