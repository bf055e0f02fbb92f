import type { Provider, ProviderDefinition } from '@sluice/contract';
import { jsonHeaders, withBearerToken } from '@sluice/toolkit';
import { createChat } from './chat/operation.js';
import { classify } from './classify.js';
import { acmeSettings } from './settings.js';
import type { AcmeSettings } from './settings.js';

/** Adapter for the API of Acme. */
export const acme: ProviderDefinition<AcmeSettings> = {
  kind: 'acme',
  contractVersion: 1,
  settings: acmeSettings,
  create: ({ apiKey, baseUrl, headers }, deps): Provider => ({
    baseUrl: new URL(baseUrl),
    operations: { chat: createChat(jsonHeaders(headers)) },
    authorize: (request) => withBearerToken(request, apiKey, deps),
    classify,
  }),
};
